// What a country's law and practice offer, as far as it is known. It is
// information, and has no part in a result.

import type { JSX } from "preact";

import type { BundleJurisdiction } from "../../platform/types.ts";
import type { Say } from "../text.ts";

export function Country({ say, pack }: { readonly say: Say; readonly pack: BundleJurisdiction }): JSX.Element {
  const groups = [...new Set(pack.leaves.map((l) => l.group))];
  return (
    <details class="country">
      <summary>{say("result.country", { Country: pack.name })}</summary>
      <p class="hint">{say("jurisdiction.notice")}</p>
      {groups.map((group) => (
        <section key={group}>
          <h3>{say(`jurisdiction.group.${group}`)}</h3>
          <dl>
            {pack.leaves
              .filter((l) => l.group === group)
              .map((l) => (
                <div key={l.id}>
                  <dt>{say(`jurisdiction.leaf.${l.id}`)}</dt>
                  <dd>
                    {valueOf(say, l)}
                    <small>
                      {l.value === undefined || l.value === "" ? "" : say(`jurisdiction.status.${l.status}`)}
                      {l.source ? ` · ${l.source}` : ""}
                      {l.as_of ? ` · ${l.as_of}` : ""}
                    </small>
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </details>
  );
}

/** The statement of a leaf. What is not known says so, and is never left out. */
export function valueOf(say: Say, leaf: BundleJurisdiction["leaves"][number]): string {
  if (!leaf.value) return say("jurisdiction.unknown");
  return leaf.code ? say(`jurisdiction.value.${leaf.id}.${leaf.value}`) : leaf.value;
}
