// How far the items without an answer could still carry the outcome. Nothing
// here knows a rule: it runs the program with changed answers, as
// screening/bound.go does, step by step, so that both name the same items.

import { contains, reading, size, tests, type Rows, type Shows } from "./evidence.ts";
import type { Program } from "./program.ts";
import type { Responses } from "./responses.ts";
import type { Chosen } from "./run.ts";
import { changed, Search } from "./search.ts";

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

/** An item that can show something, with the answers worth trying. */
export interface BoundItem {
  readonly item: number;
  readonly answers: readonly number[];
  /** Every one of the answers together. */
  readonly all: number;
}

/** Works out which answers are worth trying: those whose evidence no other answer contains. */
export function boundItems(p: Pick<Program, "code" | "decide" | "items">, shows: Shows): BoundItem[] {
  const tested = new Map<number, number>();
  for (const { op, a, m } of reading(p)) {
    if (tests(op)) tested.set(a, (tested.get(a) ?? 0) | m);
  }
  return p.items.flatMap((it, item) => {
    const answers = (it.many ? everyEvidence : maximal)(shows[item]!, tested.get(item) ?? 0);
    const all = answers.reduce((bits, answer) => bits | answer, 0);
    return all !== 0 ? [{ item, answers, all }] : [];
  });
}

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
  const { chosen } = responses;
  const search = new Search(p, chosen, (item) => chosen[item] === 0 && p.items[item]!.counts === true);
  search.run();
  const upper = p.outcomes[search.best]!;
  if (search.best === search.current) return { open: false, upper, settling: [] };
  return { open: true, upper, settling: settling(search, responses).map((at) => p.items[at]!.id) };
}

/**
 * The items that alone would change the outcome; where none does, those of a
 * smallest set that together would. Nobody is sent back to a question they
 * declined, unless nothing else would settle it.
 */
function settling(search: Search, { chosen: now, missing }: Responses): number[] {
  let moves = search.loud.flatMap(({ item, answers }) => {
    const outcomes = answers.map((answer) => search.outcome(changed(now, item, answer)));
    const others = outcomes.filter((o) => o !== search.current);
    return others.length > 0 ? [{ item, furthest: Math.max(...others) }] : [];
  });
  if (moves.length === 0) moves = needed(search, now).map((item) => ({ item, furthest: 0 }));
  moves.sort((a, b) => b.furthest - a.furthest);
  const asked = moves.filter((m) => missing.get(m.item) !== "declined");
  return (asked.length > 0 ? asked : moves).slice(0, MAX_SETTLING).map((m) => m.item);
}

/**
 * Drops answers from those that led furthest one by one, the last first, as
 * long as the outcome still differs from the current one; what stays is needed.
 */
function needed(search: Search, now: Chosen): number[] {
  const items: number[] = [];
  let chosen = search.with;
  for (let item = now.length - 1; item >= 0; item--) {
    if (chosen[item] === now[item]) continue;
    const without = changed(chosen, item, now[item]!);
    if (search.outcome(without) !== search.current) chosen = without;
    else items.push(item);
  }
  return items.reverse();
}
