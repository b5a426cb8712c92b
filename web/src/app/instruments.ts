import type { LoadedInstrument } from "../platform/types.ts";

/** The questionnaires in the order of a person's way: at the border first. Others follow. */
const ORDER = ["triage-border", "screen-fc", "ngo-wellbeing", "child-module"];

const place = ({ questionnaire }: LoadedInstrument): number => (ORDER.indexOf(questionnaire.id) + 1 || ORDER.length + 1) - 1;

/** Sorts the questionnaires as they are offered. */
export const inOrder = (instruments: readonly LoadedInstrument[]): LoadedInstrument[] =>
  [...instruments].sort((a, b) => place(a) - place(b));
