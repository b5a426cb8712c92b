// The numbers of the instruction set. They are those of screening/program.go,
// and change together with them.

/** The version of what an interpreter does with a program. */
export const ENGINE = "1";

/** What an instruction does; the list is closed and append-only. */
export const enum Op {
  End,
  Jump,
  Any,
  NotAny,
  Only,
  NotOnly,
  Code,
  NotCode,
  Least,
  Less,
  Below,
  NotBelow,
  Drop,
  Cover,
  Evidence,
  Weigh,
  Add,
  Count,
  Set,
}

/** Registers with a fixed meaning; from Free on they hold counts. */
export const enum Register {
  Child,
  Outcome,
  Line,
  Strict,
  StrictLine,
  Role,
  Findings,
  Free = Findings + 2 * 6,
  Count = 64,
}

export const enum Limit {
  Items = 127,
  Options = 31,
  Codes = 128,
  Words = Codes / 32,
  Dimensions = 6,
  Instruction = 8,
}

/** Where the facts stand among the answers. */
export const FACTS = Limit.Items;

export const ROLES = ["", "NOTE_COERCED_ROLE", "SPECIALIST_REVIEW"] as const;
export const FINDINGS = ["NONE", "PARTIAL", "POSITIVE"] as const;

/** What a program can find of an element of the spectrum. */
export const ELEMENT_STATES = ["absent", "partial", "present"] as const;

/** The kinds of need, in the order in which they are listed. */
export const NEEDS = [
  "safety", "health", "mental_health", "basic", "dependants", "documents", "legal", "debt", "return_plan", "consent",
] as const;

/** How soon a need wants help, the soonest first. */
export const URGENCIES = ["now", "days", "weeks"] as const;
