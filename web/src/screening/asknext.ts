// What to ask next: that of screening/asknext.go, step by step, so that tablet
// and server put the same questions in the same order.

import { everyOption } from "./ask.ts";
import { Register } from "./layout.ts";
import type { Program } from "./program.ts";
import type { Responses } from "./responses.ts";
import { goOn, run, type Chosen } from "./run.ts";
import { changed, Search } from "./search.ts";

/** Why a question is worth asking, in the order in which questions are put. */
export const ASK_REASONS = ["need", "outcome", "record"] as const;
export type AskReason = (typeof ASK_REASONS)[number];

/** How to go on with an interview (our design). */
export interface Next {
  /** The questions that apply and were not put yet, the most useful first. */
  readonly asks: readonly { readonly item: string; readonly reason: AskReason }[];
  /**
   * Whether no answer to a question that was not put yet can change the outcome
   * or show another urgent need. To stop then is an offer.
   */
  readonly settled: boolean;
}

/** Orders the questions that were not put yet, without those withheld from this person. */
export function askNext(p: Program, responses: Responses, withheld: ReadonlySet<string> = new Set()): Next {
  return new Asking(p, responses, withheld).next();
}

/** How far a set of answers has come, in whole numbers compared one after the other. */
interface Measure {
  /** The place of the outcome, then what elements, findings and codes there are. */
  readonly reach: readonly [outcome: number, elements: number, findings: number, codes: number];
  readonly urgent: number;
}

interface Weighed {
  readonly item: number;
  readonly reason: AskReason;
  readonly group: number;
  readonly best: Measure["reach"];
}

const COUNTED: ReadonlySet<string> = new Set(["indicator", "purpose", "act", "gate", "need"]);

class Asking {
  readonly #p: Program;
  readonly #now: Chosen;
  /** The items not put yet that apply or still may. */
  readonly #open = new Set<number>();
  readonly #standing: Measure;

  constructor(p: Program, { chosen, missing }: Responses, withheld: ReadonlySet<string>) {
    this.#p = p;
    this.#now = chosen;
    p.items.forEach((it, item) => {
      const put = chosen[item] !== 0 || (missing.get(item) ?? "not_asked") !== "not_asked";
      if (put || withheld.has(it.id)) return;
      if (this.#waits(item) || this.#applies(item)) this.#open.add(item);
    });
    this.#standing = this.#measure(chosen);
  }

  next(): Next {
    const { settled, closed } = this.#settled();
    const weighed = [...this.#open].filter((item) => !this.#waits(item)).map((item) => this.#weigh(item, closed));
    weighed.sort((a, b) => a.group - b.group || furthest(a.best, b.best));
    return { asks: weighed.map(({ item, reason }) => ({ item: this.#p.items[item]!.id, reason })), settled };
  }

  #waits(item: number): boolean {
    return [...this.#p.asks[item]!.needs].some((needed) => this.#open.has(needed));
  }

  #applies(item: number): boolean {
    return !run(this.#p, changed(this.#now, item, 1)).ignored.includes(item);
  }

  #measure(chosen: Chosen): Measure {
    const p = this.#p;
    const told = run(p, chosen);
    const shown = p.codes.filter((_, at) => told.codes[at >> 5]! & (1 << at));
    const count = (of: readonly number[], registers: readonly number[]): number => of.reduce((n, r) => n + registers[r]!, 0);
    const elements = p.spectrum
      ? count(p.spectrum.elements.map((e) => e.register), goOn(p, p.spectrum.at, told).registers)
      : 0;
    return {
      reach: [
        told.registers[Register.Outcome]!,
        elements,
        count(p.findings[0]!, told.registers),
        shown.filter((c) => COUNTED.has(c.class)).length,
      ],
      urgent: shown.filter((c) => c.class === "urgent").length,
    };
  }

  /**
   * Tries the answers to an item, and with each also the most that the items
   * waiting for it could show.
   */
  #weigh(item: number, closed: boolean): Weighed {
    const { counts, late } = this.#p.items[item]!;
    const waiting = this.#waiting(item);
    let best = this.#standing.reach;
    let { urgent } = this.#standing;
    let moved = false;
    const attempt = (chosen: Chosen): void => {
      const m = this.#measure(chosen);
      moved ||= m.reach[0] !== this.#standing.reach[0] || m.reach[3] > this.#standing.reach[3];
      best = best.map((n, i) => Math.max(n, m.reach[i]!)) as unknown as Measure["reach"];
      urgent = Math.max(urgent, m.urgent);
    };
    for (const answer of this.#p.asks[item]!.tries) {
      const chosen = changed(this.#now, item, answer);
      attempt(chosen);
      if (waiting.length === 0) continue;
      for (const other of waiting) chosen[other] = everyOption(this.#p.items[other]!);
      attempt(chosen);
    }
    const reason: AskReason =
      urgent > this.#standing.urgent ? "need" : !closed && (moved || counts === true) ? "outcome" : "record";
    const group = reason === "record" ? 3 : late ? 2 : ASK_REASONS.indexOf(reason);
    return { item, reason, group, best };
  }

  /** The open items that depend on an item, directly or through another one. */
  #waiting(item: number): number[] {
    const chain = new Set([item]);
    for (const other of this.#open) {
      if (other !== item && [...this.#p.asks[other]!.needs].some((needed) => chain.has(needed))) chain.add(other);
    }
    chain.delete(item);
    return [...chain];
  }

  /** Whether the open items can change nothing that matters, and whether at least the outcome is closed. */
  #settled(): { settled: boolean; closed: boolean } {
    const look = new Search(this.#p, this.#now, (item) => this.#open.has(item), true);
    look.consider(look.quiet);
    if (!look.moved) look.run();
    return look.moved ? { settled: false, closed: false } : { settled: !this.#needLeft(), closed: true };
  }

  /** Whether an urgent need could still be shown, by an open item or by an ignored answer that one can bring back. */
  #needLeft(): boolean {
    const p = this.#p;
    const { codes, ignored } = run(p, this.#now);
    const unshown = p.codes.flatMap((c, at) => (c.class === "urgent" && !(codes[at >> 5]! & (1 << at)) ? [at] : []));
    return p.items.some(
      (_, item) =>
        (this.#open.has(item) || (ignored.includes(item) && this.#waits(item))) &&
        p.asks[item]!.rows.some((row) => unshown.some((at) => row[at >> 5]! & (1 << at))),
    );
  }
}

/** Compares two reaches; the one that goes further comes first. */
function furthest(a: Measure["reach"], b: Measure["reach"]): number {
  const at = a.findIndex((n, i) => n !== b[i]);
  return at < 0 ? 0 : b[at]! - a[at]!;
}
