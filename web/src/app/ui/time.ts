// Days and times as people write them, in a language.

/**
 * Writes a moment by the habits of a language. Where the browser does not know
 * them it writes digits only, as 2026-11-28 14:05: English month names in
 * another script help nobody.
 */
function write(at: number | string, language: string, options: Intl.DateTimeFormatOptions): string {
  const known = Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  if (known) return new Intl.DateTimeFormat(language, { ...options, calendar: "gregory" }).format(new Date(at));
  const { dateStyle, timeStyle, ...rest } = options;
  const date = dateStyle ? ({ year: "numeric", month: "2-digit", day: "2-digit" } as const) : {};
  const time = timeStyle ? ({ hour: "2-digit", minute: "2-digit" } as const) : {};
  return new Intl.DateTimeFormat("sv", { ...rest, ...date, ...time }).format(new Date(at));
}

/** A day, such as 28 November 2026. */
export const day = (at: number | string, language: string): string =>
  write(at, language, { dateStyle: "long", ...(typeof at === "string" ? { timeZone: "UTC" } : {}) });

/** A moment with its day. */
export const moment = (at: number | string, language: string): string =>
  write(at, language, { dateStyle: "medium", timeStyle: "short" });

/** A time of the day. */
export const time = (at: number | string, language: string): string =>
  write(at, language, { timeStyle: "short" });

/** The day by the clock of this place, as the contract writes it. */
export function isoDay(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}
