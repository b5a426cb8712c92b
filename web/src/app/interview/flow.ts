// How an interview goes on: what is put next, what stops it, when it can end.
// Which question matters is worked out by the program; the order, the notices
// and the officer's own items are from the questionnaire.

import { askNext, assess, encode, type Assessment, type AskReason, type Responses } from "../../screening/index.ts";
import type { LoadedInstrument } from "../../platform/types.ts";
import type { Variant } from "../text.ts";
import { unmet, type Condition } from "./condition.ts";
import { begin, put, type Draft, type Setup } from "./draft.ts";

export type Item = LoadedInstrument["questionnaire"]["items"][number];

/** What the officer settles before and after the questions. */
export interface Protocol {
  readonly start_when: Condition;
  readonly opening: readonly Item[];
  readonly closing: readonly Item[];
}

export const protocolOf = (i: LoadedInstrument): Protocol | undefined => i.questionnaire.protocol as Protocol | undefined;

const officerItems = (i: LoadedInstrument): readonly Item[] => {
  const p = protocolOf(i);
  return p ? [...p.opening, ...p.closing] : [];
};

/** Finds a question, or an item of the officer's own. */
export function itemOf(i: LoadedInstrument, id: string): Item | undefined {
  return [...i.questionnaire.items, ...officerItems(i)].find((it) => it.id === id);
}

/** Whether the person agreed to talk, and to a record being kept. They are asked apart. */
export const consentOf = (d: Draft): { interview: boolean; data: boolean } => ({
  interview: d.answers["P4"]?.includes("yes") ?? false,
  data: d.answers["P5"]?.includes("yes") ?? false,
});

/** The response set as the interpreter takes it. */
export function responsesOf(i: LoadedInstrument, d: Draft): Responses {
  return encode(i.program, d.answers, d.missing, consentOf(d).interview ? [] : ["consent_refused"]);
}

export const assessmentOf = (i: LoadedInstrument, d: Draft): Assessment => assess(i.program, responsesOf(i, d).chosen);

/** How the person is addressed: as a child as soon as that is in question, and else as they chose. */
export function variantOf(i: LoadedInstrument, d: Draft, a: Assessment = assessmentOf(i, d)): Variant {
  if (a.child) return "child";
  const chosen = i.questionnaire.items.find((it) => it.records === "address");
  const answer = chosen && d.answers[chosen.id]?.[0];
  return answer === "woman" || answer === "man" || answer === "other" ? answer : d.address;
}

/** Urgent needs that the officer was not shown yet. */
export function unseen(i: LoadedInstrument, d: Draft): string[] {
  return assessmentOf(i, d).urgent.filter((code) => !d.seen.includes(code));
}

/** The opening items that keep the interview from beginning. */
export function notYet(i: LoadedInstrument, d: Draft): string[] {
  const p = protocolOf(i);
  return p ? unmet(p.start_when, d.answers) : [];
}

/** Begins an interview, with what is known already filled in. */
export function start(i: LoadedInstrument, setup: Setup): Draft {
  let d = begin(setup);
  const address = i.questionnaire.items.find((it) => it.records === "address");
  if (address?.options.some((o) => o.code === setup.address)) {
    d = { ...d, answers: { [address.id]: [setup.address] } };
  }
  const { earlier } = setup;
  for (const carried of i.questionnaire.prefill ?? []) {
    const before = earlier?.instrument === carried.from ? earlier.answers[carried.item] : undefined;
    const options = before?.map((o) => (carried.options as Record<string, string>)[o]);
    if (!options || options.length === 0 || options.some((o) => o === undefined)) continue;
    d = {
      ...d,
      answers: { ...d.answers, [carried.into]: options as string[] },
      toConfirm: [...d.toConfirm, carried.into],
    };
  }
  return d;
}

/** What comes next. */
export type Step =
  | { readonly kind: "put"; readonly item: string; readonly why?: AskReason; readonly left: number }
  /** Nothing that is left can change the result or show another urgent need. */
  | { readonly kind: "settled"; readonly left: number }
  | { readonly kind: "no_more" };

/** Says what comes after the item on the screen. */
export function next(i: LoadedInstrument, d: Draft): Step {
  const [confirm] = d.toConfirm;
  const withheld = withheldFrom(i, d);
  if (confirm !== undefined && !withheld.has(confirm)) return { kind: "put", item: confirm, left: i.questionnaire.items.length };
  if (d.paperDay !== undefined) return onPaper(i, d, withheld);
  const responses = responsesOf(i, d);
  const { asks, settled } = askNext(i.program, responses, new Set([...withheld, ...d.later]));
  const later = d.later.filter((id) => !withheld.has(id) && applies(i, d, id));
  const left = asks.length + later.length;
  const [first] = asks;
  if (first) {
    if (settled && later.length === 0 && !d.offeredStop) return { kind: "settled", left };
    return { kind: "put", item: first.item, why: first.reason, left };
  }
  return later[0] === undefined ? { kind: "no_more" } : { kind: "put", item: later[0], left };
}

/** A form was filled in from top to bottom, and so it is entered. */
function onPaper(i: LoadedInstrument, d: Draft, withheld: ReadonlySet<string>): Step {
  const left = i.questionnaire.items.filter((it) => !withheld.has(it.id) && !d.put.includes(it.id) && applies(i, d, it.id));
  return left[0] ? { kind: "put", item: left[0].id, left: left.length } : { kind: "no_more" };
}

/** Whether an item is asked, as the answers stand. */
export function applies(i: LoadedInstrument, d: Draft, id: string): boolean {
  const it = itemOf(i, id);
  if (!it) return false;
  const { [id]: _, ...missing } = d.missing;
  const tried = { ...d, answers: { ...d.answers, [id]: [it.options[0]!.code] }, missing };
  return !assess(i.program, responsesOf(i, tried).chosen).ignored.includes(id);
}

/** Items that are not put to somebody who is addressed as this person is, the officer's own among them. */
function withheldFrom(i: LoadedInstrument, d: Draft): ReadonlySet<string> {
  const variant = variantOf(i, d);
  const questions = i.questionnaire.items.filter((it) => it.withhold_from?.includes(variant));
  return new Set([...questions, ...officerItems(i)].map((it) => it.id));
}

/** Goes on: the draft with the next item on the screen, and the step that led there. */
export function goOn(i: LoadedInstrument, d: Draft): { draft: Draft; step: Step } {
  const step = next(i, d);
  switch (step.kind) {
    case "put":
      return { draft: put(d, step.item, step.why), step };
    case "settled":
      return { draft: { ...d, at: "" }, step };
    case "no_more":
      return { draft: { ...d, at: "", phase: "closing" }, step };
  }
}

/** Whether a notice stands before an item: before the first that has it, and again after other questions. */
export function noticeFor(i: LoadedInstrument, d: Draft, id: string): string | undefined {
  const notice = itemOf(i, id)?.notice;
  const before = d.put[d.put.indexOf(id) - 1];
  return notice !== undefined && (before === undefined || itemOf(i, before)?.notice !== notice) ? notice : undefined;
}
