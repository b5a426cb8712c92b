// A long list of codes, such as countries, to search and choose from.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Program } from "../../screening/index.ts";
import { Field } from "./kit.tsx";
import { codeName, Named } from "./named.tsx";

/** How many are shown at once; more are found by searching. */
const SHOWN = 24;

export function CodeList(props: {
  readonly list: string;
  readonly program: Program;
  readonly language: string;
  readonly label: string;
  readonly chosen: readonly string[];
  readonly onPick: (code: string) => void;
}): JSX.Element {
  const [search, setSearch] = useState("");
  const codes = props.program.lists?.find((l) => l.id === props.list)?.codes ?? [];
  const collator = new Intl.Collator(props.language);
  const wanted = search.trim().toLocaleLowerCase(props.language);
  const named = codes
    .map((code) => ({ code, name: codeName(props.list, code, props.language), english: codeName(props.list, code, "en") }))
    .filter((c) => `${c.name} ${c.english} ${c.code}`.toLocaleLowerCase(props.language).includes(wanted))
    .sort((a, b) => collator.compare(a.name, b.name));
  return (
    <div class="codelist">
      <Field type="search" label={props.label} value={search} onInput={setSearch} />
      <ul>
        {named.slice(0, SHOWN).map(({ code }) => (
          <li key={code}>
            <button type="button" class="button quiet" aria-pressed={props.chosen.includes(code)} onClick={() => props.onPick(code)}>
              <Named list={props.list} code={code} language={props.language} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
