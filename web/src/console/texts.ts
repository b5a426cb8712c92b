// The words of the console. A tablet has them with its bundle; any other
// browser fetches them before it shows anything, and keeps what it had.

import { useEffect, useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";

export interface Texts {
  readonly stand: "here" | "coming" | "missing";
  /** Tries to fetch them again. */
  again(): void;
}

/** Says whether there is something to read: in the officer's own language, or in English where that cannot be had. */
export function useTexts({ platform, attempt }: Shared): Texts {
  const { bundles, language } = platform;
  const tag = language.value;
  const { have } = bundles.state.value;
  const here = bundles.interface(tag) !== undefined;
  const [tried, setTried] = useState<string>();
  useEffect(() => {
    if (here || tried === tag) return;
    void attempt(() => bundles.sync([...new Set([...have, "en", tag])])).finally(() => setTried(tag));
  }, [tag, here, tried]);
  const coming = !here && tried !== tag;
  return {
    stand: coming ? "coming" : here || bundles.interface("en") !== undefined ? "here" : "missing",
    again: () => setTried(undefined),
  };
}
