// An unfinished interview, and every way it can change. All of it is kept
// sealed between two touches; nothing here keeps anything.

import type { AskReason } from "../../screening/index.ts";
import type { Officer, Variant } from "../text.ts";

/** Why a question has no answer. None of them is a no. */
export type Missing = "declined" | "unknown";

/** Where an interview stands. */
export type Phase =
  /** What the officer settles before the questions. */
  | "opening"
  | "questions"
  /** What the officer notes after the questions. */
  | "closing"
  | "result";

/** What was answered to another questionnaire just before. */
export interface EarlierAnswers {
  readonly instrument: string;
  readonly version: string;
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

export interface Draft {
  /** Id and version, such as "triage-border@1.0.0". */
  readonly instrument: string;
  /** "" for the general wording. */
  readonly sector: string;
  /** Of the person. */
  readonly language: string;
  readonly officer: Officer;
  readonly address: Variant;
  readonly interpreter: boolean;
  /** The agency's own; "" for none. */
  readonly caseReference: string;
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly missing: Readonly<Record<string, Missing>>;
  /** The items put so far, in the order in which they were put. */
  readonly put: readonly string[];
  /** Why the items were put, where what can still change decided it. */
  readonly why: Readonly<Record<string, AskReason>>;
  /** Items asked later, on the officer's or the person's wish. */
  readonly later: readonly string[];
  /** Answers carried over that were not confirmed yet. */
  readonly toConfirm: readonly string[];
  /** Urgent needs that were shown to the officer. */
  readonly seen: readonly string[];
  /** Whether it was said that the interview can stop; it is offered once. */
  readonly offeredStop: boolean;
  readonly phase: Phase;
  /** The item on the screen; "" for none. */
  readonly at: string;
  /** The person answers alone. Only the officer's password ends it. */
  readonly alone: boolean;
  /** Alone, the person has read what this is. */
  readonly greeted: boolean;
  readonly earlier?: EarlierAnswers;
  /** Set for an interview held on paper: its day. */
  readonly paperDay?: string;
}

/** What is chosen before an interview begins. */
export type Setup = Pick<
  Draft,
  "instrument" | "sector" | "language" | "officer" | "address" | "interpreter" | "caseReference"
> &
  Pick<Partial<Draft>, "earlier" | "paperDay">;

/** Begins an interview. */
export function begin(setup: Setup): Draft {
  return {
    ...setup,
    answers: {},
    missing: {},
    put: [],
    why: {},
    later: [],
    toConfirm: [],
    seen: [],
    offeredStop: false,
    phase: "opening",
    at: "",
    alone: false,
    greeted: false,
  };
}

/** What is done with the item on the screen. */
export type Reply = readonly string[] | Missing | undefined;

/** Notes a reply. An empty answer is none; undefined takes a reply back. */
export function reply(d: Draft, item: string, to: Reply): Draft {
  const { [item]: _answer, ...answers } = d.answers;
  const { [item]: _missing, ...missing } = d.missing;
  const noted = { ...d, answers, missing, toConfirm: d.toConfirm.filter((id) => id !== item) };
  if (typeof to === "string") return { ...noted, missing: { ...missing, [item]: to } };
  return to && to.length > 0 ? { ...noted, answers: { ...answers, [item]: to } } : noted;
}

/**
 * Ticks an option or takes the tick off. Where several fit, one that says
 * "none of these" stands alone.
 */
export function tick(chosen: readonly string[], option: string, many: boolean, alone: ReadonlySet<string>): string[] {
  if (chosen.includes(option)) return chosen.filter((o) => o !== option);
  if (!many || alone.has(option)) return [option];
  return [...chosen.filter((o) => !alone.has(o)), option];
}

/** What is known of the item: its answer, why there is none, or nothing. */
export const replied = (d: Draft, item: string): Reply => d.answers[item] ?? d.missing[item];

/** Puts an item on the screen. */
export function put(d: Draft, item: string, why?: AskReason): Draft {
  return {
    ...d,
    at: item,
    put: d.put.includes(item) ? d.put : [...d.put, item],
    why: why ? { ...d.why, [item]: why } : d.why,
    later: d.later.filter((id) => id !== item),
  };
}

/** Leaves the item on the screen for later. */
export const postpone = (d: Draft): Draft => ({
  ...d,
  at: "",
  put: d.put.filter((id) => id !== d.at),
  later: [...d.later.filter((id) => id !== d.at), d.at],
});

/** The item put before the one on the screen; undefined at the beginning. */
export function before(d: Draft): string | undefined {
  const at = d.at === "" ? d.put.length : d.put.indexOf(d.at);
  return at > 0 ? d.put[at - 1] : undefined;
}
