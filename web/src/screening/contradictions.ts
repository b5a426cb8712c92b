// Pairs of answers that do not fit together: that of screening/contradiction.go.
// Both answers stand and nothing is subtracted; the pair is worth asking about
// again.

import type { Contradiction, Program, Side } from "./program.ts";
import type { Responses } from "./responses.ts";

/** What the person answered to another instrument before. */
export interface Earlier {
  readonly program: Program;
  readonly responses: Responses;
}

/** The pairs that contradict, in the order of the rules. */
export function contradictions(p: Program, responses: Responses, earlier: readonly Earlier[] = []): Contradiction[] {
  return (p.contradictions ?? []).filter(({ first, second, differ }) => {
    const [a, b] = [first, second].map((side) => said(p, side, responses, earlier));
    if (differ) return a!.length > 0 && b!.length > 0 && !a!.some((option) => b!.includes(option));
    return a!.some((option) => first.any?.includes(option)) && b!.some((option) => second.any?.includes(option));
  });
}

/** The options chosen in the item of a side. */
function said(p: Program, { instrument, item }: Side, responses: Responses, earlier: readonly Earlier[]): readonly string[] {
  if (instrument !== undefined) {
    const before = earlier.find((e) => e.program.instrument.startsWith(`${instrument}@`));
    return before ? said(before.program, { item }, before.responses, []) : [];
  }
  const at = p.itemAt.get(item);
  if (at === undefined) return []; // an earlier version of the other instrument may lack the item
  return p.items[at]!.options.filter((_, option) => responses.chosen[at]! & (1 << option));
}
