// An explanation laid out as what is known, what is not known and what does not
// fit together. What is not known is never told as something that is not there.

import type { Schema } from "../platform/contract.ts";

type Explanation = Schema<"Explanation">;
export type Evidence = Schema<"Evidence">;
export type Element = Schema<"SpectrumElement">;
export type Move = Schema<"WouldMove">;
export type Pair = Schema<"ReAsk">;
export type Missing = Schema<"MissingLine">;

/** What the lines of a group have in common: a legal element, or another side of what was told. */
export type Side = "urgent" | "act" | "means" | "purpose" | "role" | "context" | "lead";

export interface Group {
  readonly side: Side;
  readonly lines: readonly Evidence[];
}

/** A legal element of which not everything is known. */
export interface Gap {
  readonly element: Element;
  /** What would move it; absent where nothing is told of that. */
  readonly move?: Move;
}

export interface Account {
  readonly known: readonly Group[];
  readonly gaps: readonly Gap[];
  readonly missing: readonly Missing[];
  readonly conflicting: readonly Pair[];
}

/** The order in which groups are told: what to act on, the legal elements, and what is around them. */
const SIDES: readonly Side[] = ["urgent", "act", "means", "purpose", "role", "context", "lead"];

const STRENGTHS: readonly string[] = ["S", "M", "W"];

/** Lays an explanation out. */
export function accountOf(x: Pick<Explanation, "evidence" | "spectrum" | "missing" | "re_ask">): Account {
  const moves = x.spectrum?.would_move ?? [];
  return {
    known: SIDES.map((side) => ({ side, lines: x.evidence.filter((e) => sideOf(e) === side).sort(byStrength) })).filter(
      ({ lines }) => lines.length > 0,
    ),
    gaps: (x.spectrum?.elements ?? [])
      .filter(({ state }) => state !== "present")
      .map((element) => {
        const move = moves.find((m) => m.element === element.element);
        return move ? { element, move } : { element };
      }),
    missing: x.missing,
    conflicting: x.re_ask ?? [],
  };
}

function sideOf({ class: kind, element }: Evidence): Side {
  if (kind === "urgent" || kind === "role" || kind === "lead") return kind;
  return element === "act" || element === "means" || element === "purpose" ? element : "context";
}

const rank = ({ strength }: Evidence): number => {
  const at = STRENGTHS.indexOf(strength ?? "");
  return at < 0 ? STRENGTHS.length : at;
};

const byStrength = (a: Evidence, b: Evidence): number => rank(a) - rank(b);
