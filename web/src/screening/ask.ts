// What is known of putting an item before any answer: which answers are worth
// trying. That of screening/askitem.go and screening/search.go, step by step.

import { extreme, reading, size, tests, together, type Rows, type Shows } from "./evidence.ts";
import { Op } from "./layout.ts";
import type { Item, Program } from "./program.ts";

export interface AskItem {
  /** Everything the item's options can show. */
  readonly rows: Rows;
  /** The answers worth trying one by one: every option, and for an item with several also all of them. */
  readonly tries: readonly number[];
  /** The single option that shows as little as there is. */
  readonly quietest: number;
  /** The earlier items that decide whether this one applies, or what it shows. */
  readonly needs: ReadonlySet<number>;
  /** Whether earlier items decide what this one shows. */
  readonly varies: boolean;
  /** Whether others need the item and can show something, or its quietest answer is not the one quietest. */
  readonly decides: boolean;
  /** The answers to an item that decides which differ in what they switch, or show. */
  readonly forks: readonly number[];
}

/** A condition on the answer to one item. */
interface Test {
  readonly item: number;
  readonly only: boolean;
  readonly mask: number;
}

/** How many tested options are combined in every way; with more, one by one and all together. */
const MAX_TESTED = 4;

type Reads = Pick<Program, "code" | "decide" | "items">;

/** Works out what is known of each item. */
export function askItems(p: Reads, shows: Shows): AskItem[] {
  const { dependent, needs } = dependencies(p, shows);
  return p.items.map((it, item) => {
    const options = shows[item]!;
    const single = it.options.map((_, option) => 1 << option);
    const least = extreme(single, options, true);
    const decides = least.length > 1 || dependent[item]!.length > 0;
    return {
      rows: options.flat(),
      tries: it.many && single.length > 1 ? [...single, everyOption(it)] : single,
      quietest: least[0]!,
      needs: needs[item]!,
      varies: options[0]!.length > 1,
      decides,
      forks: decides ? waysTo(it, options, dependent[item]!) : [],
    };
  });
}

/** All options of an item together. */
export const everyOption = ({ options }: Item): number => -1 >>> (32 - options.length);

/**
 * For each item what it needs, and the tests that items which can show
 * something make of it, directly or through others.
 */
function dependencies(p: Reads, shows: Shows): { dependent: Test[][]; needs: Set<number>[] } {
  const all: (Test & { readonly by: number })[] = [];
  const needs = p.items.map(() => new Set<number>());
  let pending: Test[] = [];
  for (const { op, a, m } of reading(p)) {
    if (tests(op)) {
      if (a < p.items.length) pending.push({ item: a, only: op === Op.Only || op === Op.NotOnly, mask: m });
    } else if (op >= Op.Drop && op <= Op.Weigh) {
      for (const t of pending) {
        all.push({ ...t, by: a });
        needs[a]!.add(t.item);
      }
      pending = [];
    }
  }
  const out = p.items.map((): Test[] => []);
  const matters = shows.map((options) => options.some((rows) => size(rows) > 0));
  for (let item = p.items.length - 1; item >= 0; item--) {
    if (!matters[item]) continue;
    for (const t of all) {
      if (t.by !== item || t.item >= item) continue; // items need earlier ones only
      matters[t.item] = true;
      out[t.item]!.push(t);
    }
  }
  return { dependent: out, needs };
}

const holds = ({ only, mask }: Test, answer: number): boolean =>
  only ? answer !== 0 && !(answer & ~mask) : (answer & mask) !== 0;

/**
 * The answers to an item that differ in what they switch, and of those that
 * switch the same the loudest and the quietest. The one that shows most comes
 * first.
 */
function waysTo(it: Item, shows: readonly Rows[], tests: readonly Test[]): number[] {
  const classes = new Map<bigint, number[]>();
  for (const answer of candidates(it, tests)) {
    const switches = tests.reduce((bits, t, i) => (holds(t, answer) ? bits | (1n << BigInt(i % 64)) : bits), 0n);
    classes.set(switches, [...(classes.get(switches) ?? []), answer]);
  }
  const alike = [...classes.values()];
  const out = [false, true].flatMap((least) => alike.flatMap((answers) => extreme(answers, shows, least)));
  return [...new Set(out)]
    .map((answer) => ({ answer, size: size(together(answer, shows)) }))
    .sort((a, b) => b.size - a.size)
    .map(({ answer }) => answer);
}

/** The answers to an item that can differ in what they switch or show. */
function candidates(it: Item, tests: readonly Test[]): number[] {
  const single = it.options.map((_, option) => 1 << option);
  if (!it.many) return single;
  const every = everyOption(it);
  const tested = every & tests.reduce((bits, t) => bits | t.mask, 0);
  const switching = single.filter((o) => tested & o);
  const others = single.filter((o) => !(tested & o));
  const quiet = every & ~tested;
  const out = [...single, every, tested, quiet];
  for (let set = 0; switching.length <= MAX_TESTED && set < 1 << switching.length; set++) {
    const chosen = switching.reduce((bits, o, i) => (set & (1 << i) ? bits | o : bits), 0);
    out.push(chosen, chosen | quiet, ...others.map((o) => chosen | o));
  }
  return [...new Set(out)].filter((answer) => answer !== 0).sort((a, b) => a - b);
}
