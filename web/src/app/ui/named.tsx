// What is chosen from a list of codes, by its name. A browser names countries
// in the languages it knows, and in English otherwise, which is then said to
// be English. The names of apps are the same everywhere.

import type { JSX } from "preact";

import { In } from "./kit.tsx";

interface Props {
  readonly list: string;
  readonly code: string;
  readonly language: string;
}

const COUNTRIES = "iso-3166-1";

export function Named({ list, code, language }: Props): JSX.Element {
  const name = codeName(list, code, language);
  const own = list === COUNTRIES && Intl.DisplayNames.supportedLocalesOf([language]).length > 0;
  return own ? (
    <>{name}</>
  ) : (
    <In lang="en" dir="ltr">
      {name}
    </In>
  );
}

/** Names a country in a language. Codes of other lists are names themselves. */
export function codeName(list: string, code: string, language: string): string {
  if (list !== COUNTRIES) return code.replace(/([a-z])([A-Z])/g, "$1 $2");
  try {
    return new Intl.DisplayNames([language, "en"], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
