// The search of screening/search.go, step by step, so that both find the same
// answers and give up at the same run.

import type { BoundItem } from "./bound.ts";
import { FACTS, Register } from "./layout.ts";
import type { Program } from "./program.ts";
import { run, runCodes, type Chosen, type Run } from "./run.ts";

/**
 * How many runs a search takes at most. Beyond them the answer is the cautious
 * one: the outcome may move as far as any evidence could carry it.
 */
const MAX_RUNS = 1 << 12;

/** The same answers with another one to one item. */
export function changed(chosen: Chosen, item: number, answer: number): Chosen {
  const copy = chosen.slice();
  copy[item] = answer;
  return copy;
}

/**
 * Looks for the outcomes that answers to open items lead to, by runs of the
 * program with changed answers. Outcomes are places in the program's table,
 * which begins with the one that protects least.
 *
 * It rests on a law that holds for all rules that ship: showing more never
 * leads to less protection. So of the answers that switch the same other items
 * on and off, only the loudest, the quietest and none at all are tried.
 */
export class Search {
  readonly current: number;
  /** The answers of open items worth trying. */
  readonly loud: readonly BoundItem[];
  /** The most protective outcome found so far, and answers that lead to it. */
  best: number;
  with: Chosen;
  /** Whether some answers lead to another outcome than the current one. */
  moved = false;
  /** The quietest answers to the open items that are not forks. */
  readonly quiet: Chosen;

  readonly #p: Program;
  readonly #now: Chosen;
  /** The open items whose answers switch others, or change what they show: every way to answer them is tried. */
  readonly #forks: readonly number[];
  readonly #plain: readonly BoundItem[];
  /** Whether the search ends as soon as it is known that something moves. */
  readonly #firstMove: boolean;
  /** An outcome that nothing can go beyond. */
  readonly #ceiling: number;
  #runs = 0;

  constructor(p: Program, now: Chosen, open: (item: number) => boolean, firstMove = false) {
    this.#p = p;
    this.#firstMove = firstMove;
    this.#now = now;
    const items = p.items.flatMap((_, item) => (open(item) ? [item] : []));
    this.#forks = items.filter((item) => p.asks[item]!.decides);
    this.loud = p.bounds.filter((b) => open(b.item));
    this.#plain = this.loud.filter((b) => !p.asks[b.item]!.decides);
    this.quiet = now.slice();
    for (const item of items) {
      if (!p.asks[item]!.decides) this.quiet[item] = p.asks[item]!.quietest;
    }
    const result = this.#run(now);
    this.current = result.registers[Register.Outcome]!;
    this.best = this.current;
    this.with = now;
    this.#ceiling = this.#highestOf(result, items);
  }

  outcome(chosen: Chosen): number {
    return this.#run(chosen).registers[Register.Outcome]!;
  }

  /** Searches until nothing goes beyond what was found, or everything was tried. */
  run(): void {
    this.#fork(this.#now, this.#forks);
    if (this.#runs <= MAX_RUNS) return;
    this.best = this.#ceiling;
    this.moved = true;
  }

  #run(chosen: Chosen): Run {
    this.#runs++;
    return run(this.#p, chosen);
  }

  /**
   * The outcome of all that the open items can show with everything answered or
   * with nothing, whichever protects more. Answers that were ignored may come
   * to count, so what they show is among it.
   */
  #highestOf(result: Run, open: readonly number[]): number {
    const codes = result.codes.slice();
    const mayShow = this.#p.items.flatMap((_, item) => {
      const mayCount = result.ignored.includes(item) || this.#p.asks[item]!.varies;
      return this.#now[item] && mayCount ? [item] : [];
    });
    for (const item of [...open, ...mayShow]) {
      for (const row of this.#p.asks[item]!.rows) row.forEach((word, w) => (codes[w]! |= word));
    }
    const outcomes = [0, 1].map((answered) => {
      const all = runCodes(this.#p, codes, { answered, applicable: 1 }, this.#now[FACTS]!);
      return all.registers[Register.Outcome]!;
    });
    return Math.max(this.current, ...outcomes);
  }

  #done(): boolean {
    if (this.#firstMove) return this.moved || this.#runs > MAX_RUNS;
    return this.best === this.#ceiling || this.#runs > MAX_RUNS;
  }

  consider(chosen: Chosen): void {
    const outcome = this.outcome(chosen);
    this.moved ||= outcome !== this.current;
    if (outcome > this.best) {
      this.best = outcome;
      this.with = chosen;
    }
  }

  /** Tries every way to answer the forking items, and to leave them. */
  #fork(chosen: Chosen, [item, ...rest]: readonly number[]): void {
    if (item === undefined) {
      this.#leaf(chosen);
      return;
    }
    for (const answer of this.#p.asks[item]!.forks) {
      this.#fork(changed(chosen, item, answer), rest);
      if (this.#done()) return;
    }
    this.#fork(chosen, rest);
  }

  /** Tries the plain items, with the forking ones as they are. */
  #leaf(chosen: Chosen): void {
    this.#branch(chosen, this.#plain);
    if (this.#done()) return;
    this.consider(chosen);
    const quiet = chosen.slice();
    for (let item = 0; item < this.#p.items.length; item++) quiet[item] ||= this.quiet[item]!;
    this.consider(quiet);
  }

  /**
   * Tries the loudest answers to the plain items, and leaves a branch as soon as
   * all the answers left in it, taken together, would not reach further.
   */
  #branch(before: Chosen, plain: readonly BoundItem[]): void {
    if (this.#done()) return;
    const relaxed = before.slice();
    for (const b of plain) relaxed[b.item] = b.all;
    const reach = this.outcome(relaxed);
    if (reach <= this.best && (!this.#firstMove || reach === this.current)) return;
    const chosen = before.slice();
    let from = 0;
    for (; plain[from]?.answers.length === 1; from++) chosen[plain[from]!.item] = plain[from]!.all;
    const next = plain[from];
    if (!next) {
      this.consider(chosen);
      return;
    }
    for (const answer of next.answers) {
      this.#branch(changed(chosen, next.item, answer), plain.slice(from + 1));
      if (this.best === reach) return;
    }
  }
}
