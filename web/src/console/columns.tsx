// What is known, what is not known, and what does not fit together.

import type { ComponentChildren, JSX } from "preact";

import type { Shared } from "../app/state.ts";
import type { Say } from "../app/text.ts";
import { Heading } from "../app/ui/kit.tsx";
import type { Schema } from "../platform/contract.ts";
import type { Account, Evidence, Gap, Group, Side } from "./account.ts";
import { Source } from "./source.tsx";

type Question = Schema<"Question">;

interface Props {
  readonly shared: Shared;
  readonly account: Account;
}

export function Known({ shared, account, note }: Props & { readonly note?: string }): JSX.Element {
  const say = shared.say.value;
  return (
    <section>
      <Heading level={2}>{say("review.known")}</Heading>
      {note ? <p class="aside">{note}</p> : null}
      {account.known.length === 0 ? <p>{say("review.known.none")}</p> : null}
      {account.known.map((group) =>
        AROUND.has(group.side) ? (
          <Folded key={group.side} title={titleOf(say, group)}>
            <Lines say={say} lines={group.lines} />
          </Folded>
        ) : (
          <section key={group.side}>
            <h3>{titleOf(say, group)}</h3>
            <Lines say={say} lines={group.lines} />
          </section>
        ),
      )}
    </section>
  );
}

/** What is around the signs, and no sign itself. */
const AROUND: ReadonlySet<Side> = new Set(["context", "lead"]);

const titleOf = (say: Say, { side, lines }: Group): string =>
  side === "urgent" ? say("result.urgent") : (lines[0]?.element_text ?? say(`review.side.${side}`));

const Lines = ({ say, lines }: { readonly say: Say; readonly lines: readonly Evidence[] }): JSX.Element => (
  <ul class="lines">
    {lines.map((line) => (
      <Line key={line.code} say={say} line={line} />
    ))}
  </ul>
);

function Line({ say, line }: { readonly say: Say; readonly line: Evidence }): JSX.Element {
  const about = [line.plain ? line.text : "", line.dimension_text, line.strength_text].filter(Boolean).join(" · ");
  return (
    <li>
      {line.plain || line.text}
      {about ? <small>{about}</small> : null}
      <Questions title={say("review.shown_by")} questions={line.questions} />
    </li>
  );
}

export function Unknown({ shared, account, coverage }: Props & { readonly coverage?: Schema<"Coverage"> }): JSX.Element {
  const say = shared.say.value;
  return (
    <section>
      <Heading level={2}>{say("review.unknown")}</Heading>
      {coverage ? <p>{say("review.coverage", { Answered: coverage.answered, Applicable: coverage.applicable })}</p> : null}
      {account.missing.length === 0 ? (
        <p class="hint">{say("review.unknown.untold")}</p>
      ) : (
        <>
          <h3>{say("review.not_answered")}</h3>
          <ul class="lines">
            {account.missing.map(({ question, reason_text }) => (
              <li key={question.item}>
                {question.text}
                <small>{reason_text}</small>
              </li>
            ))}
          </ul>
        </>
      )}
      {account.gaps.length > 0 ? (
        <>
          <h3>{say("review.would_move")}</h3>
          <ul class="lines">
            {account.gaps.map((gap) => (
              <GapLine key={gap.element.element} say={say} gap={gap} />
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}

function GapLine({ say, gap: { element, move } }: { readonly say: Say; readonly gap: Gap }): JSX.Element {
  return (
    <li>
      {element.text}: {element.state_text}
      {move?.toward_text ? <small>{say("review.toward", { Position: move.toward_text })}</small> : null}
      <small>
        <Source text={element.source} />
      </small>
      {move ? <Questions title={say("review.asked_by")} questions={move.questions} none={say("review.all_put")} /> : null}
    </li>
  );
}

export function Conflicting({ shared, account }: Props): JSX.Element {
  const say = shared.say.value;
  return (
    <section>
      <Heading level={2}>{say("review.conflicting")}</Heading>
      {account.conflicting.length === 0 ? (
        <p>{say("review.conflicting.none")}</p>
      ) : (
        <>
          <p>{say("review.conflicting.text")}</p>
          <ul class="lines">
            {account.conflicting.map((pair) => (
              <li key={pair.pair}>
                <Asked question={pair.first} />
                <Asked question={pair.second} />
                <small>
                  <Source text={pair.source} />
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** A question of a pair; one that its questionnaire has lost has no words any more. */
const Asked = ({ question }: { readonly question: Question }): JSX.Element => <p>{question.text || question.item}</p>;

/** Questions that can be opened to read: a list of everything would hide what matters. */
function Questions(props: { readonly title: string; readonly questions: readonly Question[]; readonly none?: string }): JSX.Element | null {
  if (props.questions.length === 0) return props.none ? <small>{props.none}</small> : null;
  return (
    <Folded title={props.title}>
      <ul>
        {props.questions.map(({ item, text, source }) => (
          <li key={item}>
            {text || item}
            <small>
              <Source text={source} />
            </small>
          </li>
        ))}
      </ul>
    </Folded>
  );
}

const Folded = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }): JSX.Element => (
  <details class="folded">
    <summary>{title}</summary>
    {children}
  </details>
);
