import { FINDINGS, NEEDS, Register, ROLES, URGENCIES } from "./layout.ts";
import type { Program } from "./program.ts";
import { run, type Chosen } from "./run.ts";

export type Finding = (typeof FINDINGS)[number];
export type Role = (typeof ROLES)[number];

/** What a person needs and how soon. Needs are listed, never added up. */
export interface Need {
  readonly need: (typeof NEEDS)[number];
  readonly urgency: (typeof URGENCIES)[number];
}

/** What the engine makes of a response set: an indication, never a status. */
export interface Assessment {
  /** The reading of the rules' first mode, and of the second. */
  readonly outcome: string;
  readonly strict: string;
  /** The rules that decided them. */
  readonly line: string;
  readonly strictLine: string;
  /** Whether the child's list of strengths applied. */
  readonly child: boolean;
  /** Sorted; urgent needs are acted on before and regardless of the outcome. */
  readonly urgent: readonly string[];
  readonly indicators: readonly string[];
  readonly codes: readonly string[];
  /** The findings by dimension, of the first mode and of the second. */
  readonly dimensions: Readonly<Record<string, Finding>>;
  readonly strictDimensions: Readonly<Record<string, Finding>>;
  /** A note for supervisors; never changes an outcome. */
  readonly role: Role;
  readonly coverage: { readonly answered: number; readonly applicable: number };
  /** Absent when the rules note no needs. */
  readonly needs?: readonly Need[];
  /** Items that were answered although they did not apply; sorted. */
  readonly ignored: readonly string[];
}

/** Evaluates a response set and gives the result its names. */
export function assess(p: Program, chosen: Chosen): Assessment {
  const { codes, registers, ignored, answered, applicable } = run(p, chosen);
  const shown = p.sorted.filter((at) => codes[at >> 5]! & (1 << at)).map((at) => p.codes[at]!);
  const named = (of?: string): string[] => shown.filter((c) => !of || c.class === of).map((c) => c.code);
  const findings = (mode: number): Record<string, Finding> =>
    Object.fromEntries(p.dimensions.map((d, i) => [d, FINDINGS[registers[p.findings[mode]![i]!]!]!]));
  const needs = p.codes.some((c) => c.class === "need") ? { needs: needsOf(new Set(named("need"))) } : {};
  return {
    ...needs,
    outcome: p.outcomes[registers[Register.Outcome]!]!,
    strict: p.outcomes[registers[Register.Strict]!]!,
    line: p.lines[registers[Register.Line]!]!,
    strictLine: p.lines[registers[Register.StrictLine]!]!,
    child: registers[Register.Child] !== 0,
    urgent: named("urgent"),
    indicators: named("indicator"),
    codes: named(),
    dimensions: findings(0),
    strictDimensions: findings(1),
    role: ROLES[registers[Register.Role]!]!,
    coverage: { answered, applicable },
    ignored: ignored.map((at) => p.items[at]!.id).sort(),
  };
}

/** A program notes a need as a code, such as NEED_HEALTH_NOW; the soonest urgency counts. */
function needsOf(codes: ReadonlySet<string>): Need[] {
  return NEEDS.flatMap((need) => {
    const urgency = URGENCIES.find((u) => codes.has(`NEED_${need}_${u}`.toUpperCase()));
    return urgency ? [{ need, urgency }] : [];
  });
}
