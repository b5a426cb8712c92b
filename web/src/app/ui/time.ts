// Days and times as people write them, in a language.

const format = (language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat([language, "en"], { ...options, calendar: "gregory" });
  } catch {
    return new Intl.DateTimeFormat("en", options);
  }
};

/** A day, such as 28 November 2026. */
export const day = (at: number | string, language: string): string =>
  format(language, { dateStyle: "long", ...(typeof at === "string" ? { timeZone: "UTC" } : {}) }).format(new Date(at));

/** A moment with its day. */
export const moment = (at: number | string, language: string): string =>
  format(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));

/** A time of the day. */
export const time = (at: number | string, language: string): string => format(language, { timeStyle: "short" }).format(new Date(at));

/** The day by the clock of this place, as the contract writes it. */
export function isoDay(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}
