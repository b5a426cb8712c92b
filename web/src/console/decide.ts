// Which decisions fit a review, and which reasons fit a decision. The server
// has the last word on both; here they decide what is offered.

import type { Schema } from "../platform/contract.ts";

export type Review = Schema<"Review">;
export type Outcome = Schema<"Outcome">;
export type Decision = Schema<"Decision">;
export type Kind = Decision["kind"];
export type Reason = NonNullable<Decision["reason"]>;

/** The outcomes of each kind of instrument, from the one that protects least. */
const LADDERS: readonly (readonly Outcome[])[] = [
  ["NO_TRIGGER", "RE_ASK", "REFER", "RED"],
  [
    "NONE_FOUND",
    "LABOUR",
    "INSUFFICIENT",
    "POSSIBLE",
    "STRONG_FL",
    "STRONG_TIP",
    "CHILD_PROTECTION/at_risk",
    "CHILD_PROTECTION/presumed",
  ],
];

/** Which reasons fit a kind of decision; a kind without any takes none. */
export const REASONS: Readonly<Record<Kind, readonly Reason[]>> = {
  confirm: [],
  ask_for_more: ["low_coverage", "contradiction", "interpreter_problem", "distress", "new_information"],
  escalate: ["child_protection", "danger", "legal_advice", "specialist_needed"],
  amend: ["person_explained", "new_information", "entry_mistake", "interpreter_problem", "repeated_interview"],
  agree: [],
  disagree: [],
};

const ladderOf = (o: Outcome | undefined): readonly Outcome[] => LADDERS.find((l) => o !== undefined && l.includes(o)) ?? [];

/** Whether an outcome leads to less protection than another of the same kind of instrument. */
export function protectsLess(o: Outcome, than: Outcome): boolean {
  const ladder = ladderOf(than);
  return ladder.includes(o) && ladder.indexOf(o) < ladder.indexOf(than);
}

/** The kinds of decision that fit a review. An interview that nobody could score has no outcome to amend. */
export function kindsFor({ state, outcome }: Pick<Review, "state" | "outcome">): readonly Kind[] {
  switch (state) {
    case "awaiting_second":
      return ["agree", "disagree"];
    case "open":
    case "awaiting_interview":
      return outcome ? ["confirm", "ask_for_more", "escalate", "amend"] : ["confirm", "ask_for_more", "escalate"];
    case "decided":
      return [];
  }
}

/** Whether somebody proposed the lowering that a review waits with; who did may not answer it. */
export const proposedBy = (who: string, { state, history }: Pick<Review, "state" | "history">): boolean =>
  state === "awaiting_second" && history.findLast(({ kind }) => kind === "amend")?.by === who;

/** What an outcome can be amended to, what protects most first. */
export const outcomesBeside = (o: Outcome | undefined): readonly Outcome[] =>
  ladderOf(o)
    .filter((other) => other !== o)
    .reverse();

/** What has been chosen so far. */
export interface Choice {
  readonly kind?: Kind | undefined;
  readonly reason?: Reason | undefined;
  readonly outcome?: Outcome | undefined;
}

/** The decision that a choice comes to; undefined while something is missing. What belongs to another kind is left out. */
export function decisionOf(review: Pick<Review, "state" | "outcome">, { kind, reason, outcome }: Choice): Decision | undefined {
  if (kind === undefined || !kindsFor(review).includes(kind)) return undefined;
  const fitting = REASONS[kind];
  if (fitting.length > 0 && (reason === undefined || !fitting.includes(reason))) return undefined;
  const why = fitting.length > 0 && reason !== undefined ? { reason } : {};
  if (kind !== "amend") return { kind, ...why };
  return outcome !== undefined && outcomesBeside(review.outcome).includes(outcome) ? { kind, ...why, outcome } : undefined;
}
