// What a country's law and practice offer, as far as it is known. It is
// information, and has no part in a result.

import type { JSX } from "preact";

import type { BundleJurisdiction } from "../../platform/types.ts";
import type { Say } from "../text.ts";
import { In } from "./kit.tsx";
import { codeName } from "./named.tsx";

interface Props {
  readonly say: Say;
  /** The officer's language. */
  readonly language: string;
  readonly pack: BundleJurisdiction;
}

export function Country({ say, language, pack }: Props): JSX.Element {
  const groups = [...new Set(pack.leaves.map((l) => l.group))];
  return (
    <details class="country">
      <summary>{say("result.country", { Country: codeName("iso-3166-1", pack.country, language) })}</summary>
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
                    <Value say={say} leaf={l} />
                    <small>
                      {l.value === undefined || l.value === "" ? "" : say(`jurisdiction.status.${l.status}`)}
                      {l.source ? (
                        <>
                          {" · "}
                          <English>{l.source}</English>
                        </>
                      ) : null}
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
export function Value({ say, leaf }: { readonly say: Say; readonly leaf: BundleJurisdiction["leaves"][number] }): JSX.Element {
  if (!leaf.value) return <>{say("jurisdiction.unknown")}</>;
  return leaf.code ? <>{say(`jurisdiction.value.${leaf.id}.${leaf.value}`)}</> : <English>{leaf.value}</English>;
}

/** Laws and sources are cited in English whatever the officer speaks. */
const English = ({ children }: { readonly children: string }): JSX.Element => (
  <In lang="en" dir="ltr">
    {children}
  </In>
);
