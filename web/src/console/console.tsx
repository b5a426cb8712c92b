// The supervisor's and the administrator's side of the app.

import type { JSX } from "preact";

import type { Shared } from "../app/state.ts";

export function Console({ shared }: { readonly shared: Shared }): JSX.Element {
  return <main id="content">{shared.say.value("console.nothing")}</main>;
}
