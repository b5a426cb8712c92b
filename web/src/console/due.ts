// When the clock of a review runs out. Days are days in UTC, as the server
// counts them.

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Whether a due day is over. The day itself is not. */
export const overdue = (due: string, now: number): boolean => due < dayOf(now);

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How long something is left: in whole minutes, and in seconds when less than one is; undefined when it is over. */
export function left(until: number, now: number): { readonly unit: "minutes" | "seconds"; readonly count: number } | undefined {
  const ms = until - now;
  if (ms <= 0) return undefined;
  return ms < MINUTE ? { unit: "seconds", count: Math.ceil(ms / SECOND) } : { unit: "minutes", count: Math.floor(ms / MINUTE) };
}

/** The least time between two looks at something that may change by itself. */
const LOOK = MINUTE;

/** When to look again at a review that is held until a moment: then, and not all the time where this clock is wrong. */
export const lookAgain = (until: string, now: number): number => Math.max(Date.parse(until) - now, LOOK);

/** How long a code for a tablet is good. */
const GOOD = 10 * MINUTE;

/** Until when a code that just came is good by this clock, which may be wrong: as it says, or for as long as any code is. */
export function codeEnds(expires: string, now: number): number {
  const end = Date.parse(expires);
  return end > now && end <= now + GOOD ? end : now + GOOD;
}
