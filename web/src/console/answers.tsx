// The sealed answers. They are opened only by whoever holds the review, with a
// reason that is put on record first. What was opened lives in this view alone
// and goes with it: it is in no storage, no address and no cache.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Choices, Heading } from "../app/ui/kit.tsx";
import { day } from "../app/ui/time.ts";
import type { Schema } from "../platform/contract.ts";
import type { Review } from "./decide.ts";
import { isProblem } from "./load.ts";
import { answerName } from "./names.ts";
import { Landing } from "./parts.tsx";

type Opened = Schema<"OpenedAnswers">;
type Reason = Schema<"OpenAnswersRequest">["reason"];

const REASONS: readonly Reason[] = [
  "contradiction",
  "low_coverage",
  "lowering_considered",
  "urgent_need",
  "person_asked",
  "quality_check",
];

export function Answers({ shared, review }: { readonly shared: Shared; readonly review: Review }): JSX.Element {
  const say = shared.say.value;
  const until = review.record.answers_until;
  return (
    <section class="answers">
      {!until ? (
        <Note title={say("answers.title")} text={say("answers.gone")} />
      ) : review.mine ? (
        <Sealed shared={shared} id={review.id} until={until} />
      ) : (
        <Note title={say("answers.title")} text={say("answers.take_first")} />
      )}
    </section>
  );
}

const Note = ({ title, text }: { readonly title: string; readonly text: string }): JSX.Element => (
  <>
    <Heading level={2}>{title}</Heading>
    <p>{text}</p>
  </>
);

/** Is there only while the review is held, so that the answers go when it is not. */
function Sealed({ shared, id, until }: { readonly shared: Shared; readonly id: string; readonly until: string }): JSX.Element {
  const say = shared.say.value;
  const [reason, setReason] = useState<Reason>();
  const [opened, setOpened] = useState<Opened | "gone">();
  const [closed, setClosed] = useState(false);
  const [busy, setBusy] = useState(false);
  const close = (): void => {
    setOpened(undefined);
    setClosed(true);
  };
  const open = (): void => {
    setBusy(true);
    void shared
      .attempt(async () => {
        try {
          setOpened(await shared.platform.api.post<Opened>(`/v1/reviews/${id}/answers`, { reason }));
        } catch (error) {
          if (!isProblem(error, "not_found")) throw error;
          setOpened("gone");
        }
      })
      .finally(() => setBusy(false));
  };
  if (opened === "gone") return <Note title={say("answers.title")} text={say("answers.gone")} />;
  if (opened) return <Sheet shared={shared} opened={opened} onClose={close} />;
  return (
    <>
      {closed ? <Landing>{say("answers.title")}</Landing> : <Heading level={2}>{say("answers.title")}</Heading>}
      <p>{say("answers.text", { Date: day(until, shared.platform.language.value) })}</p>
      <Choices
        name="open-reason"
        label={say("answers.reason")}
        chosen={reason === undefined ? [] : [reason]}
        options={REASONS.map((value) => ({ value, text: say(`answers.reason.${value}`) }))}
        onPick={(value) => setReason(REASONS.find((r) => r === value))}
      />
      <Button id="open-answers" disabled={busy || reason === undefined} onClick={open}>
        {say(busy ? "common.loading" : "answers.open")}
      </Button>
    </>
  );
}

function Sheet({ shared, opened, onClose }: { readonly shared: Shared; readonly opened: Opened; readonly onClose: () => void }): JSX.Element {
  const say = shared.say.value;
  const own = shared.platform.language.value;
  return (
    <>
      <Landing>{say("answers.title")}</Landing>
      <p class="hint">{say("answers.erased", { Date: day(opened.until, own) })}</p>
      <dl>
        {questionsOf(opened).map(({ item, question, answers, missing }) => (
          <div key={item}>
            <dt>{question}</dt>
            <dd>
              {answers && answers.length > 0 ? (
                answers.map((answer) => <p key={answer}>{answerName(answer, own)}</p>)
              ) : (
                <p class="hint">{missing || say("answers.none")}</p>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <Button id="close-answers" onClick={onClose}>
        {say("common.close")}
      </Button>
    </>
  );
}

/** The questions with their words; by their ids where the server no longer has the questionnaire. */
const questionsOf = ({ questions, answers }: Opened): NonNullable<Opened["questions"]> =>
  questions ?? Object.entries(answers).map(([item, codes]) => ({ item, question: item, answers: codes }));
