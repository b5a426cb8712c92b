// A decision, put together of what fits. No decision makes anybody a victim or
// not a victim, and one that protects less takes two people.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Choices, Heading } from "../app/ui/kit.tsx";
import { decisionOf, kindsFor, outcomesBeside, protectsLess, REASONS, type Choice, type Decision, type Review } from "./decide.ts";
import { outcomeName } from "./names.ts";
import { Told } from "./parts.tsx";

interface Props {
  readonly shared: Shared;
  readonly review: Review;
  readonly onDecide: (decision: Decision) => Promise<void>;
}

export function DecisionForm({ shared, review, onDecide }: Props): JSX.Element {
  const say = shared.say.value;
  const [choice, setChoice] = useState<Choice>({});
  const [busy, setBusy] = useState(false);
  const kinds = kindsFor(review);
  const reasons = choice.kind ? REASONS[choice.kind] : [];
  const decision = decisionOf(review, choice);
  const lowers = choice.kind === "amend" && review.outcome && choice.outcome && protectsLess(choice.outcome, review.outcome);
  const decide = (): void => {
    if (!decision) return;
    setBusy(true);
    void onDecide(decision).finally(() => setBusy(false));
  };
  return (
    <section>
      <Heading level={2}>{say("decision.title")}</Heading>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          decide();
        }}
      >
        <Picks
          name="kind"
          label={say("decision.title")}
          hideLabel
          values={kinds}
          chosen={choice.kind}
          tell={(kind) => say(kind === "confirm" && !review.outcome ? "decision.close" : `decision.${kind}`)}
          onPick={(kind) => setChoice({ ...choice, kind, reason: undefined })}
        />
        {choice.kind === "amend" ? (
          <Picks
            name="outcome"
            label={say("decision.outcome")}
            values={outcomesBeside(review.outcome)}
            chosen={choice.outcome}
            tell={(outcome) => outcomeName(say, outcome)}
            onPick={(outcome) => setChoice({ ...choice, outcome })}
          />
        ) : null}
        <Told text={lowers ? say("decision.lowering") : ""} />
        {reasons.length > 0 ? (
          <Picks
            name="reason"
            label={say("decision.reason")}
            values={reasons}
            chosen={choice.reason}
            tell={(reason) => say(`reason.${reason}`)}
            onPick={(reason) => setChoice({ ...choice, reason })}
          />
        ) : null}
        <Button id="decide" type="submit" kind="main" disabled={busy || !decision}>
          {say(busy ? "common.loading" : "decision.submit")}
        </Button>
      </form>
    </section>
  );
}

/** One of a few codes, told in words. */
function Picks<T extends string>(props: {
  readonly name: string;
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly values: readonly T[];
  readonly chosen: T | undefined;
  readonly tell: (value: T) => string;
  readonly onPick: (value: T) => void;
}): JSX.Element {
  const pick = (value: string): void => {
    const found = props.values.find((v) => v === value);
    if (found !== undefined) props.onPick(found);
  };
  return (
    <Choices
      name={props.name}
      label={props.label}
      hideLabel={props.hideLabel ?? false}
      chosen={props.chosen === undefined ? [] : [props.chosen]}
      options={props.values.map((value) => ({ value, text: props.tell(value) }))}
      onPick={pick}
    />
  );
}
