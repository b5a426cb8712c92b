// A text in the person's language and, under or beside it, in the officer's.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Read, Say } from "../text.ts";
import { In } from "./kit.tsx";

/** Everything that is said in an interview, in its two languages. */
export interface Wordings {
  readonly person: { readonly tag: string; readonly dir: "ltr" | "rtl" };
  readonly own: { readonly tag: string; readonly dir: "ltr" | "rtl" };
  /** The questionnaire in the person's language. */
  readonly read: Read;
  /** The questionnaire in the officer's. */
  readonly officer: Read;
  readonly tell: Say;
  readonly say: Say;
}

interface Props {
  readonly wordings: Wordings;
  /** Which text of the questionnaire; undefined for none. */
  readonly of: (read: Read) => string | undefined;
  /** Messages instead: to the person, and to the officer. */
  readonly said?: readonly [person: string, officer: string];
  /** The person's language only. */
  readonly alone?: boolean;
  readonly as?: "p" | "span" | "h1" | "div";
  readonly class?: string;
  /** It is the heading of a screen, and takes the focus when the screen comes. */
  readonly heads?: boolean;
}

export function Both({ wordings: w, of, said, alone = false, as = "div", class: name = "", heads = false }: Props): JSX.Element {
  const at = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (heads) at.current?.focus({ preventScroll: true });
  }, []);
  const theirs = said ? w.tell(said[0]) : of(w.read);
  const ours = said ? w.say(said[1]) : of(w.officer);
  const both = !alone && w.person.tag !== w.own.tag && ours !== undefined;
  const Tag = as;
  return (
    <Tag class={`both ${name}`} {...(heads ? { ref: at, tabIndex: -1 } : {})}>
      <In as="span" class="theirs" lang={w.person.tag} dir={w.person.dir}>
        {theirs ?? ours}
      </In>
      {both ? (
        <In as="span" class="ours" lang={w.own.tag} dir={w.own.dir}>
          {ours}
        </In>
      ) : null}
    </Tag>
  );
}
