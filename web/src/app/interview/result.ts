// What an interview comes to on the tablet: the indication, its reasons and the
// next step. There is no number in it, and no note on a role: that is for the
// supervisor.

import { bound, contradictions, type Assessment, type Earlier } from "../../screening/index.ts";
import type { LoadedInstrument } from "../../platform/types.ts";
import { assessmentOf, responsesOf } from "./flow.ts";
import type { Draft } from "./draft.ts";

export interface Result {
  readonly outcome: string;
  /** When the next step is due: "now" … "14d", or "none". */
  readonly clock: string;
  readonly urgent: readonly string[];
  readonly needs: NonNullable<Assessment["needs"]>;
  /** The indicators to tell in plain words, in the order of the rules. */
  readonly signs: readonly string[];
  /** Whether questions without an answer could still change the outcome. */
  readonly open: boolean;
  /** Reasons to seek a second screening. */
  readonly second: readonly string[];
  /** Instruments to go on with, by id. */
  readonly then: readonly { readonly instrument: string; readonly ask: boolean }[];
  /** Pairs of questions whose answers do not fit together. */
  readonly again: readonly (readonly [string, string])[];
}

/** The clocks, the most pressing first. */
export const CLOCKS = ["now", "same_day", "24h", "48h", "7d", "14d", "none"] as const;

const sooner = (a: string, b: string): string =>
  CLOCKS.indexOf(b as (typeof CLOCKS)[number]) < CLOCKS.indexOf(a as (typeof CLOCKS)[number]) ? b : a;

/** Codes by which a program opens another instrument, such as OPENS_CHILD_MODULE. */
const OPENS = /^OPENS_/;

/** Works out the result of an interview as it stands. */
export function resultOf(i: LoadedInstrument, d: Draft, earlier: readonly Earlier[] = []): Result {
  const a = assessmentOf(i, d);
  const responses = responsesOf(i, d);
  const { steps } = i;
  const needs = a.needs ?? [];
  const clocks = [
    steps.outcomes[a.outcome] ?? "none",
    ...(a.urgent.length > 0 && steps.urgent ? [steps.urgent] : []),
    ...needs.map(({ urgency }) => steps.needs?.[urgency] ?? "none"),
  ];
  const opened = i.program.codes.filter((c) => c.class === "opens" && a.codes.includes(c.code));
  return {
    outcome: a.outcome,
    clock: clocks.reduce(sooner),
    urgent: a.urgent,
    needs,
    signs: (steps.plain ?? []).filter((code) => a.codes.includes(code)),
    open: bound(i.program, responses).open,
    second: steps.second?.[a.outcome] ?? [],
    then: opened.map(({ code }) => {
      const instrument = code.replace(OPENS, "").toLowerCase().replaceAll("_", "-");
      return { instrument, ask: steps.asks?.includes(instrument) ?? false };
    }),
    again: contradictions(i.program, responses, earlier).map(({ first, second }) => [first.item, second.item] as const),
  };
}
