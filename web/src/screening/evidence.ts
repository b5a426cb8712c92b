// What the part of a program that reads answers makes of them, before any is
// given. Nothing here knows a rule.

import { Limit, Op } from "./layout.ts";
import type { Program } from "./program.ts";
import { ones } from "./run.ts";

type Reads = Pick<Program, "code" | "decide" | "items" | "codes" | "evidence">;

/** The codes that an option or an answer shows, a row for each way the item's substitutions can fall out. */
export type Rows = readonly (readonly number[])[];

/** For each option of each item what it shows that can have a part in an outcome. */
export type Shows = readonly (readonly Rows[])[];

export interface Instruction {
  readonly op: number;
  readonly a: number;
  readonly t: number;
  readonly m: number;
}

/** The instructions that turn answers into codes. */
export function reading({ code, decide }: Pick<Program, "code" | "decide">): Instruction[] {
  return Array.from({ length: decide }, (_, i) => {
    const at = i * Limit.Instruction;
    return {
      op: code.getUint8(at),
      a: code.getUint8(at + 1),
      t: code.getUint16(at + 2, true),
      m: code.getInt32(at + 4, true),
    };
  });
}

/** Whether an instruction tests the answer to an item. */
export const tests = (op: number): boolean => op >= Op.Any && op <= Op.NotOnly;

/** Works out what each option shows. */
export function optionEvidence(p: Reads): Shows {
  const decisive = new Int32Array(Limit.Words);
  p.codes.forEach((c, at) => {
    if (!["context", "lead", "role"].includes(c.class)) decisive[at >> 5]! |= 1 << at;
  });
  const first = p.items.map((): number[] => []);
  for (const { op, a, t } of reading(p)) {
    if (op === Op.Evidence || op === Op.Weigh) first[a]!.push(t);
  }
  const decides = p.evidence.map((row) => row.map((word, w) => word & decisive[w]!));
  return p.items.map((it, item) => it.options.map((_, option) => first[item]!.map((t) => decides[t + option]!)));
}

/** Whether a shows everything that b shows, in every case. */
export const contains = (a: Rows, b: Rows): boolean =>
  b.every((row, i) => row.every((word, w) => !(word & ~a[i]![w]!)));

/** How much is shown. */
export const size = (rows: Rows): number =>
  rows.reduce((n, row) => row.reduce((sum, word) => sum + ones(word), n), 0);

/** What the options of an answer show together. */
export function together(answer: number, shows: readonly Rows[]): Rows {
  const out = shows[0]!.map((row) => row.map(() => 0));
  shows.forEach((rows, option) => {
    if (!(answer & (1 << option))) return;
    rows.forEach((row, i) => row.forEach((word, w) => (out[i]![w]! |= word)));
  });
  return out;
}

/**
 * The answers that show most, or least: those of which no other shows more, or
 * less. Of those that show the same it keeps the first.
 */
export function extreme(answers: readonly number[], shows: readonly Rows[], least: boolean): number[] {
  const evidence = answers.map((answer) => together(answer, shows));
  const beats = (a: Rows, b: Rows): boolean => (least ? contains(b, a) : contains(a, b));
  return answers.filter(
    (_, i) => !evidence.some((other, j) => j !== i && beats(other, evidence[i]!) && (j < i || !beats(evidence[i]!, other))),
  );
}
