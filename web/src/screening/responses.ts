import { FACTS } from "./layout.ts";
import type { Item, Program } from "./program.ts";
import { nothing, type Chosen } from "./run.ts";

/** Why an item has no answer: three different facts, and none of them is a no. */
export const MISSING = ["declined", "unknown", "not_asked"] as const;
export type Missing = (typeof MISSING)[number];

/** What is known besides answers; the place in the list is the bit. */
const KNOWN_FACTS = ["consent_refused"] as const;
export type Fact = (typeof KNOWN_FACTS)[number];

/** Words that may be given in the place of an option on every item. */
const WORDS: ReadonlyMap<string, Missing> = new Map([
  ["prefer_not", "declined"],
  ["dont_know", "unknown"],
]);

/** The chosen option codes by item id. */
export type Answers = Readonly<Record<string, readonly string[]>>;

/** The reasons for items without an answer, by item id. */
export type MissingAnswers = Readonly<Record<string, string>>;

/** A checked response set. */
export interface Responses {
  readonly chosen: Chosen;
  /** The reasons given for items without an answer, by their places. */
  readonly missing: ReadonlyMap<number, Missing>;
}

/** One answer that cannot be taken. It names the item, never what was answered. */
export interface Fault {
  /** "?" for an id of no item, which may hold anything and is not repeated. */
  readonly item: string;
  readonly code: string;
  readonly detail: string;
}

/** A response set that does not fit its instrument. */
export class ResponseError extends Error {
  constructor(
    instrument: string,
    /** In the order of the instrument's items; unknown items last. */
    readonly faults: readonly [Fault, ...Fault[]],
  ) {
    super(`${instrument}: ${faults.map((f) => `${f.item}: ${f.detail}`).join("; ")}`);
  }
}

/** Checks answers against the instrument; throws a ResponseError with all that is wrong. */
export function encode(p: Program, answers: Answers, missing: MissingAnswers, facts: readonly Fact[] = []): Responses {
  const chosen = nothing();
  const reasons = new Map<number, Missing>();
  const faults: Fault[] = [];
  const fault = (item: string, code: string, detail: string): void => void faults.push({ item, code, detail });
  const unknown = (): void => fault("?", "unknown_item", "the instrument has no such item");

  for (const fact of facts) chosen[FACTS]! |= 1 << KNOWN_FACTS.indexOf(fact);
  for (const [id, options] of Object.entries(answers)) {
    const at = p.itemAt.get(id);
    if (at === undefined) {
      unknown();
      continue;
    }
    const bits = choose(p, p.items[at]!, options);
    if (typeof bits !== "number") {
      faults.push(bits);
    } else if (Object.hasOwn(missing, id)) {
      fault(id, "answered_and_missing", "has an answer and a reason for having none; keep one");
    } else {
      chosen[at] = bits;
      if (bits === 0) reasons.set(at, WORDS.get(options[0]!)!);
    }
  }
  for (const [id, reason] of Object.entries(missing)) {
    const at = p.itemAt.get(id);
    const known = MISSING.find((m) => m === reason);
    if (at === undefined) unknown();
    else if (known) reasons.set(at, known);
    else fault(id, "unknown_missing", "a missing answer is one of declined, unknown, not_asked");
  }
  const place = (f: Fault): number => p.itemAt.get(f.item) ?? p.items.length;
  const [first, ...rest] = faults.sort((a, b) => place(a) - place(b) || (a.code < b.code ? -1 : +(a.code > b.code)));
  if (first) throw new ResponseError(p.instrument, [first, ...rest]);
  return { chosen, missing: reasons };
}

/** Turns an answer into the set of its options. */
function choose(p: Program, it: Item, options: readonly string[]): number | Fault {
  const fault = (code: string, detail: string): Fault => ({ item: it.id, code, detail });
  if (options.length === 0) {
    return fault("empty_answer", 'an answer has at least one option; leave the item out, or name it in "missing"');
  }
  let chosen = 0;
  for (const [i, code] of options.entries()) {
    if (options.indexOf(code) < i) return fault("repeated_option", "an option is given twice");
    if (WORDS.has(code)) {
      return options.length > 1 ? fault("mixed_answer", "prefer_not and dont_know stand alone") : 0;
    }
    const at = place(p, it, code);
    if (at < 0) {
      return fault("unknown_option", `option ${i + 1} of ${options.length} is not one of ${optionList(it)}`);
    }
    chosen |= 1 << at;
  }
  return !it.many && options.length > 1 ? fault("too_many_options", "takes one option") : chosen;
}

/** The place of an option, or of the one that stands for the outside list the code is from; -1 for none. */
function place(p: Program, it: Item, code: string): number {
  const at = it.options.indexOf(code);
  if (at >= 0) return at;
  const outside = it.accepts?.find(({ list }) => p.lists?.find((l) => l.id === list)?.codes.includes(code));
  return outside?.option ?? -1;
}

function optionList(it: Item): string {
  const parts = [...it.options];
  for (const { option, list } of it.accepts ?? []) parts[option] = `a code of ${list}`;
  return parts.join(", ");
}
