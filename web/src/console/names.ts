// How the console names what comes as a code.

import { reader, type Say } from "../app/text.ts";
import type { Schema } from "../platform/contract.ts";
import type { Bundles } from "../platform/types.ts";

/** An outcome in words. The two of a child have one title; what sets them apart is said besides. */
export function outcomeName(say: Say, outcome: string | undefined): string {
  if (!outcome) return say("review.quarantined");
  const child = /^CHILD_PROTECTION\/(\w+)$/.exec(outcome)?.[1];
  const title = say(`outcome.${outcome}.title`);
  return child ? say("review.child", { Outcome: title, Note: say(`review.child.${child}`) }) : title;
}

/** A language in a language. */
export const languageName = (tag: string, language: string): string => named(tag, language, "language");

/** A country in a language. The word none is for a stateless person. */
export const countryName = (say: Say, code: string, language: string): string =>
  code === "none" ? say("review.stateless") : named(code, language, "region");

/** An age in the words of the questionnaire; its code where that is not here. */
export function ageName(
  bundles: Pick<Bundles, "instruments" | "interview">,
  { instrument, age_band: code = "" }: Pick<Schema<"Record">, "instrument" | "age_band">,
  language: string,
): string {
  const found = bundles.instruments().find(({ ref }) => ref === instrument);
  const item = found?.questionnaire.items.find(({ records }) => records === "age_band");
  const texts = bundles.interview(language) ?? bundles.interview("en");
  if (!found || !item || !texts) return code;
  return reader(found, texts, { variant: "", officer: "" })(`items.${item.id}.options.${code}`) ?? code;
}

/** An answer as it was told; a country comes as its code. */
export const answerName = (answer: string, language: string): string =>
  /^[A-Z]{2}$/.test(answer) ? named(answer, language, "region") : answer;

function named(code: string, language: string, type: "language" | "region"): string {
  try {
    return new Intl.DisplayNames([language, "en"], { type }).of(code) ?? code;
  } catch {
    return code;
  }
}
