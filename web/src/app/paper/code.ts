// The version code of a printed form: which questionnaire, which version, which
// language, and two characters that catch a mistyped one.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export interface Form {
  /** Id and version of the questionnaire. */
  readonly instrument: string;
  readonly language: string;
}

/** Begins of the codes, by id of the questionnaire. Append only: forms are on paper. */
const LETTERS: Readonly<Record<string, string>> = {
  "triage-border": "TB",
  "screen-fc": "SF",
  "ngo-wellbeing": "NW",
  "child-module": "CM",
};

/** Writes the code, such as TB-1.0.0-my-4K. */
export function codeOf({ instrument, language }: Form): string {
  const [id = "", version = ""] = instrument.split("@");
  const body = `${LETTERS[id] ?? id}-${version}-${language}`;
  return `${body}-${check(body)}`;
}

/** Finds the form of a code among those there are. Case, spaces and a missing hyphen make no difference. */
export function formOf(code: string, forms: readonly Form[]): Form | undefined {
  const plain = (s: string): string => s.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return forms.find((form) => plain(codeOf(form)) === plain(code));
}

function check(body: string): string {
  let sum = 0;
  for (const c of body.toUpperCase()) sum = (sum * 31 + c.charCodeAt(0)) % 1021; // a prime below 32 × 32
  return ALPHABET[sum >> 5]! + ALPHABET[sum & 31]!;
}
