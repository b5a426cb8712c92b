// What is said to people: the messages of the app in the officer's language and
// in the person's, and the texts of the questionnaires.

import type { BundleInterview, LoadedInstrument, Messages } from "../platform/types.ts";
import { fill, type Values } from "./fill.ts";

export type { Values } from "./fill.ts";

/** Gives the text of a message; the id itself where there is none, so that a gap is seen. */
export type Say = (id: string, values?: Values) => string;

/**
 * Speaks one language from its messages. What the language lacks is said in
 * another, and never mixed within one message.
 */
export function speaker(tag: string, messages: Messages, otherwise?: Say): Say {
  const plural = new Intl.PluralRules(tag);
  return (id, values) => {
    const message = messages[id];
    if (message === undefined) return otherwise ? otherwise(id, values) : id;
    if (typeof message === "string") return fill(message, values);
    const form = plural.select(Number(values?.["Count"] ?? 0));
    return fill(message[form] ?? message["other"] ?? id, values);
  };
}

/** A text of a questionnaire, with wordings for the person addressed. */
export type Text = string | { readonly default: string; readonly [variant: string]: string };

/** How the person is addressed; "" is neutral. A variant changes wording and nothing else. */
export type Variant = "" | "woman" | "man" | "other" | "child";

/** How the officer speaks of themselves, in languages in which that is heard. */
export type Officer = "" | "woman" | "man";

/** Gives a text of a questionnaire by its key, such as "items.C04.text"; undefined where there is none. */
export type Read = (key: string) => string | undefined;

/** Reads a questionnaire in one wording. */
export function reader(
  instrument: LoadedInstrument,
  texts: BundleInterview,
  wording: { readonly variant: Variant; readonly officer: Officer; readonly sector?: string },
): Read {
  const list = texts.instruments[instrument.ref] as readonly Text[] | undefined;
  const at = new Map(instrument.keys.map((key, i) => [key, i]));
  const text = (key: string): string | undefined => {
    const found = list?.[at.get(key) ?? -1];
    return found === undefined ? undefined : worded(found, wording.variant, wording.officer, texts.words);
  };
  return (key) => {
    const option = wording.sector ? /^items\.(\w+)\.options\.(\w+)$/.exec(key) : null;
    const bySector = option && text(`sectors.${wording.sector}.${option[1]}.${option[2]}`);
    return bySector ?? text(key);
  };
}

type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Chooses a wording, and puts the words that follow the officer's gender in
 * their places; a space before an empty word goes with it.
 */
export function worded(text: Text, variant: Variant, officer: Officer, words: Words = {}): string {
  const wording = typeof text === "string" ? text : (variant && text[variant]) || text.default;
  return wording.replace(/( ?)\{(\w+)\}/g, (_, space: string, name: string) => {
    const forms = words[name];
    const word = (officer && forms?.[officer]) || forms?.["default"];
    return word ? space + word : "";
  });
}
