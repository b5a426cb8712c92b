// Days and times as people write them, in a language.

type Options = Intl.DateTimeFormatOptions;

/** Days and times in figures: what is written where the browser does not know a language. English would be read by nobody there. */
const FIGURES = "sv";
const DAY: Options = { year: "numeric", month: "2-digit", day: "2-digit" };
const TIME: Options = { hour: "2-digit", minute: "2-digit" };

/** Writes in a language, or in figures such as 2026-11-28 14:05. */
function format(language: string, words: Options, figures: Options, zone: Options = {}): Intl.DateTimeFormat {
  const known = Intl.DateTimeFormat.supportedLocalesOf([language]).length > 0;
  return new Intl.DateTimeFormat(known ? language : FIGURES, { ...(known ? words : figures), ...zone, calendar: "gregory" });
}

/** A day, such as 28 November 2026. */
export const day = (at: number | string, language: string): string =>
  format(language, { dateStyle: "long" }, DAY, typeof at === "string" ? { timeZone: "UTC" } : {}).format(new Date(at));

/** A moment with its day. */
export const moment = (at: number | string, language: string): string =>
  format(language, { dateStyle: "medium", timeStyle: "short" }, { ...DAY, ...TIME }).format(new Date(at));

/** A time of the day. */
export const time = (at: number | string, language: string): string => format(language, { timeStyle: "short" }, TIME).format(new Date(at));

/** The day by the clock of this place, as the contract writes it. */
export function isoDay(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}
