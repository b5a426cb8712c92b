// Where something comes from. Sources stand in the language of the rules.

import type { JSX } from "preact";

import { In } from "../app/ui/kit.tsx";

export const Source = ({ text }: { readonly text: string }): JSX.Element => (
  <In lang="en" dir="ltr">
    {text}
  </In>
);
