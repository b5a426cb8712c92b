// Where the facts of a response set lie on the spectrum between a labour
// dispute, forced labour and trafficking: that of screening/standing.go.

import { ELEMENT_STATES, FACTS } from "./layout.ts";
import type { Program, Spectrum } from "./program.ts";
import type { Responses } from "./responses.ts";
import { goOn, run, runCodes, type Run } from "./run.ts";
import { changed } from "./search.ts";

/** What was noted of an element; only the first two say something of what happened. */
export type ElementState = (typeof ELEMENT_STATES)[number] | "not_answered";

/** Like an outcome an indication, never a status, and never a number. */
export interface Standing {
  readonly position: string;
  readonly elements: readonly ElementStanding[];
}

export interface ElementStanding {
  readonly id: string;
  readonly state: ElementState;
  /** The evidenced codes that belong to it; sorted. */
  readonly codes: readonly string[];
  /** The questions not put yet that could show it; none for an element that is present. */
  readonly items: readonly string[];
  /** The position that the element in full would lead to; absent when it would move nothing. */
  readonly toward?: string;
}

/** Tells where the facts lie; undefined for an instrument without a spectrum, such as a triage. */
export function standing(p: Program, responses: Responses): Standing | undefined {
  const { spectrum } = p;
  if (!spectrum) return undefined;
  const told = goOn(p, spectrum.at, run(p, responses.chosen));
  const position = positionOf(spectrum, told);
  const elements = spectrum.elements.map(({ id, register, codes }) => {
    const state = ELEMENT_STATES[told.registers[register]!]!;
    const asked = state !== "absent" || p.items.some((_, item) => told.answers[item] && canShow(p, item, codes));
    const toward = state === "present" ? position : positionWith(p, spectrum, told, codes);
    return {
      id,
      state: asked ? state : ("not_answered" as const),
      codes: p.sorted.filter((at) => told.codes[at >> 5]! & codes[at >> 5]! & (1 << at)).map((at) => p.codes[at]!.code),
      items: state === "present" ? [] : couldShow(p, responses, codes),
      ...(toward === position ? {} : { toward }),
    };
  });
  return { position, elements };
}

const positionOf = ({ position, positions }: Spectrum, told: Run): string => positions[told.registers[position]!]!;

/** The position with more codes added to what was evidenced. */
function positionWith(p: Program, spectrum: Spectrum, told: Run, more: readonly number[]): string {
  const codes = told.codes.map((word, w) => word | more[w]!);
  return positionOf(spectrum, goOn(p, spectrum.at, runCodes(p, codes, told, told.answers[FACTS]!)));
}

/** The questions not put yet that apply and can show one of the codes. */
function couldShow(p: Program, { chosen, missing }: Responses, codes: readonly number[]): string[] {
  const applies = (item: number): boolean => !run(p, changed(chosen, item, 1)).ignored.includes(item);
  const notPut = (item: number): boolean => chosen[item] === 0 && (missing.get(item) ?? "not_asked") === "not_asked";
  return p.items.flatMap((it, item) => (notPut(item) && canShow(p, item, codes) && applies(item) ? [it.id] : []));
}

const canShow = (p: Program, item: number, codes: readonly number[]): boolean =>
  p.asks[item]!.rows.some((row) => row.some((word, w) => word & codes[w]!));
