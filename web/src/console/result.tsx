// The result with the rule that decided it, where the facts lie, and what to
// do. It is an indication; how far it was tested is said with it.

import type { JSX } from "preact";

import type { Shared } from "../app/state.ts";
import { Heading } from "../app/ui/kit.tsx";
import type { Schema } from "../platform/contract.ts";
import type { Review } from "./decide.ts";
import { outcomeName } from "./names.ts";
import { Source } from "./source.tsx";

interface Props {
  readonly shared: Shared;
  readonly review: Review;
  readonly explanation: Schema<"Explanation">;
}

export function Result({ shared, review, explanation: x }: Props): JSX.Element {
  const say = shared.say.value;
  const { record } = review;
  const urgent = record.urgent ?? [];
  const needs = record.needs ?? [];
  return (
    <section class="outcome">
      <Heading level={2}>{say("review.outcome")}</Heading>
      <p class="hint">{say("result.not_a_decision")}</p>
      <dl>
        <dt>{say("review.rule")}</dt>
        <dd>
          {outcomeName(say, x.outcome)}
          <Rule rule={x.rule} rules={x.rules} />
        </dd>
        <dt>{say("review.strict")}</dt>
        <dd>
          {outcomeName(say, x.outcome_strict)}
          <Rule rule={x.rule_strict} rules={x.rules} />
        </dd>
        {x.spectrum ? (
          <>
            <dt>{say("review.position")}</dt>
            <dd>
              <b>{x.spectrum.title}</b>
              <p>{x.spectrum.text}</p>
              <ul>
                {x.spectrum.elements.map(({ element, text, state_text }) => (
                  <li key={element}>
                    {text}: {state_text}
                  </li>
                ))}
              </ul>
            </dd>
          </>
        ) : null}
        <dt>{say("result.do")}</dt>
        <dd>
          {x.plain.action}
          {urgent.map((code) => (
            <p key={code}>
              <b>{say(`urgent.${code}.title`)}</b> {say(`urgent.${code}.action`)}
            </p>
          ))}
        </dd>
        {needs.length > 0 ? (
          <>
            <dt>{say("result.needs")}</dt>
            <dd>
              {needs.map(({ need, title, urgency_text }) => (
                <p key={need}>
                  {title}: {urgency_text}
                </p>
              ))}
            </dd>
          </>
        ) : null}
        {x.plain.second_screening.length > 0 ? (
          <>
            <dt>{say("result.second")}</dt>
            <dd>
              <ul>
                {x.plain.second_screening.map(({ code, text }) => (
                  <li key={code}>{text}</li>
                ))}
              </ul>
            </dd>
          </>
        ) : null}
        <dt>{say("review.validation")}</dt>
        <dd>{x.validation}</dd>
      </dl>
    </section>
  );
}

/** The line of the rules that decided, such as T1 of triage-border@1.0.0, and where it comes from. */
function Rule({ rule, rules }: { readonly rule: Schema<"RuleLine">; readonly rules: string }): JSX.Element {
  return (
    <small>
      <bdi>
        {rules} {rule.line}
      </bdi>
      {" · "}
      <Source text={rule.source} />
    </small>
  );
}
