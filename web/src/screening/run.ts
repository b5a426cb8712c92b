import { FACTS, Limit, Op, Register } from "./layout.ts";
import type { Program } from "./program.ts";

/** What one run of a program leaves behind, as small numbers. */
export interface Run {
  /** The options of every item that applies; the facts stand last. */
  readonly answers: Chosen;
  /** The evidenced codes, 32 to a word. */
  readonly codes: readonly number[];
  readonly registers: readonly number[];
  /** The places of items whose answer was ignored. */
  readonly ignored: readonly number[];
  readonly answered: number;
  readonly applicable: number;
}

/** The chosen options of every item, one bit an option; the facts stand last. */
export type Chosen = Int32Array;

/** How many of the items that count have an answer. */
export type Coverage = Pick<Run, "answered" | "applicable">;

/** What of a program decides. */
export type Decisions = Pick<Program, "code" | "evidence" | "decide">;

/** The options of nothing asked yet. */
export const nothing = (): Chosen => new Int32Array(FACTS + 1);

/**
 * Evaluates a response set. It cannot fail and always ends: reading the program
 * made sure that jumps go forward and every operand exists.
 */
export const run = (p: Decisions, chosen: Chosen): Run => execute(p, 0, chosen);

/** Evaluates codes without the answers that showed them: by the rules alone. */
export function runCodes(p: Decisions, codes: readonly number[], { answered, applicable }: Coverage, facts: number): Run {
  const known = nothing();
  known[FACTS] = facts;
  return execute(p, p.decide, known, { codes, answered, applicable });
}

/** Goes on from another place with what a run left behind, which stays as it is. */
export const goOn = (p: Decisions, from: number, after: Run): Run => execute(p, from, after.answers, after);

function execute(p: Decisions, from: number, chosen: Chosen, before: Partial<Run> = {}): Run {
  const { code, evidence } = p;
  const answers = chosen.slice();
  const codes = before.codes?.slice() ?? new Array<number>(Limit.Words).fill(0);
  const registers = before.registers?.slice() ?? new Array<number>(Register.Count).fill(0);
  const ignored = before.ignored?.slice() ?? [];
  let { answered = 0, applicable = 0 } = before;

  const cover = (item: number): void => {
    applicable++;
    if (answers[item]) answered++;
  };
  const show = (item: number, first: number): void => {
    for (let rest = answers[item]!; rest; rest &= rest - 1) {
      const row = evidence[first + lowest(rest)]!;
      for (let w = 0; w < Limit.Words; w++) codes[w]! |= row[w]!;
    }
  };

  for (let pc = from; ; ) {
    const at = pc++ * Limit.Instruction;
    const a = code.getUint8(at + 1);
    const t = code.getUint16(at + 2, true);
    const m = code.getInt32(at + 4, true);
    switch (code.getUint8(at)) {
      case Op.End:
        return { answers, codes, registers, ignored, answered, applicable };
      case Op.Jump:
        pc = t;
        break;
      case Op.Any:
        if (answers[a]! & m) pc = t;
        break;
      case Op.NotAny:
        if (!(answers[a]! & m)) pc = t;
        break;
      case Op.Only:
        if (answers[a]! && !(answers[a]! & ~m)) pc = t;
        break;
      case Op.NotOnly:
        if (!answers[a]! || answers[a]! & ~m) pc = t;
        break;
      case Op.Code:
        if (codes[a]! & m) pc = t;
        break;
      case Op.NotCode:
        if (!(codes[a]! & m)) pc = t;
        break;
      case Op.Least:
        if (registers[a]! >= m) pc = t;
        break;
      case Op.Less:
        if (registers[a]! < m) pc = t;
        break;
      case Op.Below:
        if (100 * answered < Math.imul(m, applicable)) pc = t;
        break;
      case Op.NotBelow:
        if (100 * answered >= Math.imul(m, applicable)) pc = t;
        break;
      case Op.Drop:
        if (answers[a]) {
          if (!ignored.includes(a)) ignored.push(a);
          answers[a] = 0;
        }
        break;
      case Op.Cover:
        cover(a);
        break;
      case Op.Evidence:
        show(a, t);
        break;
      case Op.Weigh:
        cover(a);
        show(a, t);
        break;
      case Op.Add:
        codes[t >> 5]! |= 1 << t;
        break;
      case Op.Count:
        registers[a]! += ones(codes[t]! & m);
        break;
      case Op.Set:
        registers[a] = m;
        break;
    }
  }
}

/** The place of the lowest bit that is set. */
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** The number of bits that are set. */
export function ones(bits: number): number {
  let n = 0;
  for (let rest = bits; rest; rest &= rest - 1) n++;
  return n;
}
