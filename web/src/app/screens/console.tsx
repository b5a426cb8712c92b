// The console is a part of the app of its own: a tablet never loads it.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Shared } from "../state.ts";

type Console = (props: { readonly shared: Shared }) => JSX.Element;

export function ConsoleScreen({ shared }: { readonly shared: Shared }): JSX.Element {
  const [Loaded, setLoaded] = useState<{ readonly show: Console }>();
  useEffect(() => {
    void shared.attempt(async () => setLoaded({ show: (await import("../../console/console.tsx")).Console }));
  }, []);
  return Loaded ? <Loaded.show shared={shared} /> : <main id="content">{shared.trouble.value || shared.say.value("common.loading")}</main>;
}
