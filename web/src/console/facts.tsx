// What is kept of an interview, what was done in its review, and what other
// versions of the rules made of it.

import type { ComponentChildren, JSX } from "preact";

import type { Shared } from "../app/state.ts";
import { Heading } from "../app/ui/kit.tsx";
import { day } from "../app/ui/time.ts";
import type { Schema } from "../platform/contract.ts";
import type { Review } from "./decide.ts";
import { ageName, countryName, languageName, outcomeName } from "./names.ts";

type Record = Schema<"Record">;

export function Facts({ shared, record, tablet }: { readonly shared: Shared; readonly record: Record; readonly tablet?: string }): JSX.Element {
  const say = shared.say.value;
  const own = shared.platform.language.value;
  const yes = (on: boolean | undefined): string | undefined => (on === undefined ? undefined : say(on ? "common.yes" : "common.no"));
  const lines: readonly (readonly [fact: string, value: string | undefined])[] = [
    ["day", day(record.day, own)],
    ["site", record.site],
    ["instrument", record.instrument],
    ["language", record.language && languageName(record.language, own)],
    ["interpreter", yes(record.interpreter)],
    ["address", record.address && say(`setup.address.${record.address}`)],
    ["nationality", record.nationality && countryName(say, record.nationality, own)],
    ["age_band", record.age_band && ageName(shared.platform.bundles, record, own)],
    ["device", tablet],
    ["agreed", yes(record.agreed)],
    ["erased", day(record.retain_until, own)],
  ];
  return (
    <section>
      <Heading level={2}>{say("review.facts")}</Heading>
      <dl class="facts">
        {lines.map(([fact, value]) =>
          value ? (
            <div key={fact}>
              <dt>{say(`review.fact.${fact}`)}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ) : null,
        )}
      </dl>
    </section>
  );
}

export function History({ shared, review }: { readonly shared: Shared; readonly review: Review }): JSX.Element | null {
  const say = shared.say.value;
  if (review.history.length === 0) return null;
  return (
    <section>
      <Heading level={2}>{say("review.history")}</Heading>
      <ol class="lines">
        {review.history.map((step, i) => (
          <Step key={i} at={day(step.day, shared.platform.language.value)} why={step.reason && say(`reason.${step.reason}`)}>
            {say(`decision.${step.kind}`)}
            {step.outcome ? `: ${outcomeName(say, step.outcome)}` : ""}
            {step.by === "cli" ? null : (
              <small>
                <bdi>{step.by}</bdi>
              </small>
            )}
          </Step>
        ))}
      </ol>
    </section>
  );
}

/** Results that newer rules replaced, and one that they offer. Only what is in force counts. */
export function OtherResults({ shared, record }: { readonly shared: Shared; readonly record: Record }): JSX.Element | null {
  const say = shared.say.value;
  const earlier = record.earlier ?? [];
  if (earlier.length === 0 && !record.offered) return null;
  const line = (r: Schema<"RecordResult">): JSX.Element => (
    <Step key={r.rules} at={day(r.day, shared.platform.language.value)} why={say(`reason.${r.reason}`)}>
      {outcomeName(say, r.outcome)}
      <small>
        <bdi>{r.rules}</bdi>
      </small>
    </Step>
  );
  return (
    <section>
      <Heading level={2}>{say("review.other_rules")}</Heading>
      {record.offered ? (
        <>
          <h3>{say("decision.lowering_offered")}</h3>
          <ul class="lines">{line(record.offered)}</ul>
        </>
      ) : null}
      {earlier.length > 0 ? (
        <>
          <h3>{say("review.earlier")}</h3>
          <ol class="lines">{earlier.map(line)}</ol>
        </>
      ) : null}
    </section>
  );
}

function Step(props: { readonly at: string; readonly why: string | undefined; readonly children: ComponentChildren }): JSX.Element {
  return (
    <li>
      <b>{props.at}</b> {props.children}
      {props.why ? <small>{props.why}</small> : null}
    </li>
  );
}
