// One review: what is known and what is not, the decision, and the answers
// where there is a reason to open them.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Heading, Trouble } from "../app/ui/kit.tsx";
import { time } from "../app/ui/time.ts";
import type { Platform } from "../platform/types.ts";
import { accountOf } from "./account.ts";
import { Answers } from "./answers.tsx";
import { openCase, type Case } from "./case.ts";
import { Conflicting, Known, Unknown } from "./columns.tsx";
import { proposedBy, type Decision, type Review } from "./decide.ts";
import { DecisionForm } from "./decision.tsx";
import { lookAgain } from "./due.ts";
import { Facts, History, OtherResults } from "./facts.tsx";
import { isProblem, useLoaded } from "./load.ts";
import { outcomeName } from "./names.ts";
import { Again, Marks, Told } from "./parts.tsx";
import { Result } from "./result.tsx";

interface Props {
  readonly shared: Shared;
  readonly id: string;
  readonly onBack: () => void;
}

export function ReviewScreen({ shared, id, onBack }: Props): JSX.Element {
  const say = shared.say.value;
  const { api } = shared.platform;
  const loaded = useLoaded(shared, () => openCase(api, id));
  const [told, setTold] = useState("");
  const here = loaded.value;
  useHold(shared.platform, here?.review, loaded.again, setTold);

  /** Changes the review as it was seen. Where it is no longer so, it is shown as it stands now. */
  const change = async (what: "claim" | "decision", done: string, body?: Decision): Promise<void> => {
    if (!here) return;
    setTold("");
    let stale = false;
    const seen = { "If-Match": `"${here.review.version}"` };
    const ok = await shared.attempt(async () => {
      try {
        loaded.set({ ...here, review: await api.post<Review>(`/v1/reviews/${id}/${what}`, body, seen) });
      } catch (error) {
        if (!isProblem(error, "stale_version")) throw error;
        stale = true;
      }
    });
    if (!stale) setTold(ok ? done : "");
    else if (await loaded.again()) setTold("review.changed");
  };
  const back = (
    <nav class="row bottom">
      <Button id="back" onClick={onBack}>
        {say("common.back")}
      </Button>
      <Again shared={shared} busy={loaded.busy} onAgain={() => void loaded.again()} />
    </nav>
  );
  if (!here) {
    return (
      <>
        <Heading>{say("review.title")}</Heading>
        <Trouble text={shared.trouble.value} />
        {back}
      </>
    );
  }
  const { review, explanation, tablet } = here;
  const account = explanation && accountOf(explanation);
  const own = proposedBy(shared.platform.session.value?.ref ?? "", review);
  return (
    <>
      <p class="hint">{say("review.title")}</p>
      <Heading key={review.history.length}>{outcomeName(say, review.outcome)}</Heading>
      <Marks shared={shared} review={review} />
      <Trouble text={shared.trouble.value} />
      <Told text={told && say(told)} />
      {review.proposed ? (
        <p class="aside strong">
          {say(own ? "review.proposed.own" : "review.proposed", { Outcome: outcomeName(say, review.proposed.outcome) })}
        </p>
      ) : null}
      {review.record.offered ? (
        <p class="aside">
          {say("decision.lowering_offered")}: {outcomeName(say, review.record.offered.outcome)}
        </p>
      ) : null}
      {own || review.state === "decided" ? null : <Hold shared={shared} review={review} onClaim={() => void change("claim", "")} />}
      <div class="review">
        <div>
          {explanation ? (
            <Result shared={shared} review={review} explanation={explanation} />
          ) : (
            <p class="lead">{say(review.record.status === "quarantined" ? "review.quarantined" : "review.unexplained")}</p>
          )}
          {account ? (
            <div class="account">
              <Known shared={shared} account={account} {...(explanation.role_note ? { note: explanation.role_note } : {})} />
              <Unknown shared={shared} account={account} {...(review.record.coverage ? { coverage: review.record.coverage } : {})} />
              <Conflicting shared={shared} account={account} />
            </div>
          ) : null}
        </div>
        <div>
          {review.mine ? <DecisionForm shared={shared} review={review} onDecide={(d) => change("decision", "decision.done", d)} /> : null}
          <Answers shared={shared} review={review} />
          <Facts shared={shared} record={review.record} {...(tablet ? { tablet } : {})} />
          <History shared={shared} review={review} />
          <OtherResults shared={shared} record={review.record} />
        </div>
      </div>
      {back}
    </>
  );
}

/** Who holds the review, and the way to hold it. */
function Hold({ shared, review, onClaim }: { readonly shared: Shared; readonly review: Review; readonly onClaim: () => void }): JSX.Element {
  const say = shared.say.value;
  const until = review.claimed_until && { Time: time(review.claimed_until, shared.platform.language.value) };
  return (
    <div class="row">
      <div role="status">{until ? say(review.mine ? "review.taken" : "review.held", until) : null}</div>
      {until && !review.mine ? null : (
        <Button id="take" kind={review.mine ? "plain" : "main"} onClick={onClaim}>
          {say(review.mine ? "review.hold_on" : "review.take")}
        </Button>
      )}
    </div>
  );
}

/** Looks again when a hold ends, and tells whoever had it. */
function useHold(
  platform: Platform,
  review: Review | undefined,
  again: () => Promise<Case | undefined>,
  tell: (message: string) => void,
): void {
  useEffect(() => {
    if (!review?.claimed_until) return undefined;
    const look = async (): Promise<void> => {
      const now = (await again())?.review;
      if (!now || !review.mine || now.mine) return;
      tell(now.claimed_until || now.state === "decided" ? "review.changed" : "review.ended");
    };
    const timer = setTimeout(() => void look(), lookAgain(review.claimed_until, platform.now()));
    return () => clearTimeout(timer);
  }, [review]);
}
