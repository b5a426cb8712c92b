// How far the items without an answer could still carry the outcome. Nothing
// here knows a rule: it runs the program with changed answers. The search is
// that of screening/bound.go, step by step, so that both name the same items.

import { Limit, Op, Register } from "./layout.ts";
import type { Program } from "./program.ts";
import type { Responses } from "./responses.ts";
import { ones, run, type Chosen } from "./run.ts";

/** How many settling questions are named; more would not be read out to a tired person. */
const MAX_SETTLING = 3;

export interface Bound {
  /** Whether upper differs from the outcome as it stands. */
  readonly open: boolean;
  /** The most protective outcome that answers to the unanswered items could lead to. */
  readonly upper: string;
  /** Up to three items that would change the outcome, the one that moves it furthest first. */
  readonly settling: readonly string[];
}

/** An item that counts, with the answers worth trying. */
export interface Candidate {
  readonly item: number;
  readonly answers: readonly number[];
  /** Every one of the answers together. */
  readonly all: number;
}

type Decisions = Omit<Program, "candidates">;
/** The rows of codes that one option shows, one for each way it can be read. */
type Rows = readonly (readonly number[])[];

/** Works out which answers are worth trying: those whose evidence no other answer contains. */
export function candidates(p: Decisions): Candidate[] {
  const { tested, firstRows } = readings(p);
  const decisive = decisiveCodes(p);
  return p.items.flatMap((it, item) => {
    if (!it.counts) return [];
    const shows = it.options.map((_, option) =>
      (firstRows.get(item) ?? []).map((first) => p.evidence[first + option]!.map((word, w) => word & decisive[w]!)),
    );
    const answers = (it.many ? everyEvidence : maximal)(shows, tested.get(item) ?? 0);
    return [{ item, answers, all: answers.reduce((all, answer) => all | answer, 0) }];
  });
}

/** What the part that reads answers does: the options it tests, and where the rows of each item begin. */
function readings({ code, decide }: Decisions): { tested: Map<number, number>; firstRows: Map<number, number[]> } {
  const tested = new Map<number, number>();
  const firstRows = new Map<number, number[]>();
  for (let at = 0; at < decide * Limit.Instruction; at += Limit.Instruction) {
    const op = code.getUint8(at);
    const a = code.getUint8(at + 1);
    if (op >= Op.Any && op <= Op.NotOnly) {
      tested.set(a, (tested.get(a) ?? 0) | code.getInt32(at + 4, true));
    } else if (op === Op.Evidence || op === Op.Weigh) {
      firstRows.set(a, [...(firstRows.get(a) ?? []), code.getUint16(at + 2, true)]);
    }
  }
  return { tested, firstRows };
}

/** The codes that can have a part in an outcome. */
function decisiveCodes(p: Decisions): Int32Array {
  const words = new Int32Array(Limit.Words);
  p.codes.forEach((c, at) => {
    if (!["context", "lead", "role"].includes(c.class)) words[at >> 5]! |= 1 << at;
  });
  return words;
}

const contains = (a: Rows, b: Rows): boolean => b.every((row, i) => row.every((word, w) => !(word & ~a[i]![w]!)));

const size = (rows: Rows): number => rows.reduce((n, row) => row.reduce((sum, word) => sum + ones(word), n), 0);

/**
 * The answer with every option that shows something; and, for an item that
 * others depend on, the same without the options they look at.
 */
function everyEvidence(shows: readonly Rows[], tested: number): number[] {
  const all = shows.reduce((bits, rows, option) => (size(rows) > 0 ? bits | (1 << option) : bits), 0);
  const rest = all & ~tested;
  return rest !== all && rest !== 0 ? [all, rest] : [all];
}

/**
 * The single options whose evidence no other option contains, the one that
 * shows most first. Options that other items depend on stay in.
 */
function maximal(shows: readonly Rows[], tested: number): number[] {
  const surpassed = (option: number): boolean =>
    shows.some(
      (rows, other) =>
        other !== option &&
        contains(rows, shows[option]!) &&
        (other < option || !contains(shows[option]!, rows)),
    );
  return shows
    .map((rows, option) => ({ option, size: size(rows) }))
    .filter(({ option, size }) => tested & (1 << option) || (size > 0 && !surpassed(option)))
    .sort((a, b) => b.size - a.size)
    .map(({ option }) => 1 << option);
}

/** Works out how far the unanswered items could still carry the outcome. */
export function bound(p: Program, responses: Responses): Bound {
  const now = responses.chosen;
  const open = p.candidates.filter((c) => now[c.item] === 0 && c.answers.length > 0);
  const current = outcome(p, now);
  const best = highest(p, now, open, current);
  const upper = p.outcomes[best.outcome]!;
  if (best.outcome === current) return { open: false, upper, settling: [] };
  const items = settling(p, responses, open, current, best.chosen);
  return { open: true, upper, settling: items.map((at) => p.items[at]!.id) };
}

/** The place of the outcome in the program's table, which begins with the one that protects least. */
const outcome = (p: Program, chosen: Chosen): number => run(p, chosen).registers[Register.Outcome]!;

const changed = (chosen: Chosen, item: number, answer: number): Chosen => {
  const copy = chosen.slice();
  copy[item] = answer;
  return copy;
};

/**
 * Finds the most protective outcome and answers that lead to it. It tries the
 * answers branch by branch, and leaves a branch as soon as all the answers left
 * in it, taken together, would not reach further.
 */
function highest(p: Program, now: Chosen, open: readonly Candidate[], current: number): { outcome: number; chosen: Chosen } {
  let best = { outcome: current, chosen: now };
  const branch = (before: Chosen, from: number): void => {
    const relaxed = before.slice();
    for (const c of open.slice(from)) relaxed[c.item] = c.all;
    const reach = outcome(p, relaxed);
    if (reach <= best.outcome) return;
    const chosen = before.slice();
    let next = open[from];
    for (; next?.answers.length === 1; next = open[++from]) chosen[next.item] = next.all;
    if (!next) {
      best = { outcome: reach, chosen };
      return;
    }
    for (const answer of next.answers) {
      branch(changed(chosen, next.item, answer), from + 1);
      if (best.outcome === reach) return;
    }
  };
  branch(now, 0);
  return best;
}

/**
 * The items that alone would change the outcome; where none does, those of a
 * smallest set that together would. Nobody is sent back to a question they
 * declined, unless nothing else would settle it.
 */
function settling(
  p: Program,
  { chosen: now, declined }: Responses,
  open: readonly Candidate[],
  current: number,
  highest: Chosen,
): number[] {
  let moves = open.flatMap(({ item, answers }) => {
    const outcomes = answers.map((answer) => outcome(p, changed(now, item, answer))).filter((o) => o !== current);
    return outcomes.length > 0 ? [{ item, furthest: Math.max(...outcomes) }] : [];
  });
  if (moves.length === 0) moves = needed(p, open, current, highest).map((item) => ({ item, furthest: 0 }));
  moves.sort((a, b) => b.furthest - a.furthest);
  const asked = moves.filter((m) => !declined.has(m.item));
  return (asked.length > 0 ? asked : moves).slice(0, MAX_SETTLING).map((m) => m.item);
}

/**
 * Drops answers one by one, the last first, as long as the outcome still
 * differs from the current one; what stays is needed.
 */
function needed(p: Program, open: readonly Candidate[], current: number, highest: Chosen): number[] {
  const items: number[] = [];
  let chosen = highest;
  for (const { item } of [...open].reverse()) {
    const without = changed(chosen, item, 0);
    if (outcome(p, without) !== current) chosen = without;
    else items.push(item);
  }
  return items.reverse();
}
