// A condition on the officer's own items, as screening/condition.go writes it.
// Everything that decides an outcome is in the program; this says only whether
// an interview may begin.

type Answers = Readonly<Record<string, readonly string[]>>;

/** Exactly one of the forms is there. */
export interface Condition {
  readonly item?: string;
  readonly any?: readonly string[];
  readonly only?: readonly string[];
  readonly not?: Condition;
  readonly all?: readonly Condition[];
  readonly any_of?: readonly Condition[];
}

/** Whether a condition holds. A test of an item without an answer is false. */
export function holds(c: Condition, answers: Answers): boolean {
  if (c.item !== undefined) {
    const chosen = answers[c.item] ?? [];
    if (c.any) return chosen.some((o) => c.any!.includes(o));
    return chosen.length > 0 && chosen.every((o) => c.only?.includes(o));
  }
  if (c.not) return !holds(c.not, answers);
  if (c.all) return c.all.every((sub) => holds(sub, answers));
  if (c.any_of) return c.any_of.some((sub) => holds(sub, answers));
  return false;
}

/** The items that a condition looks at and that keep it from holding. */
export function unmet(c: Condition, answers: Answers): string[] {
  if (holds(c, answers)) return [];
  if (c.item !== undefined) return [c.item];
  return [...(c.all ?? []), ...(c.any_of ?? [])].flatMap((sub) => unmet(sub, answers));
}
