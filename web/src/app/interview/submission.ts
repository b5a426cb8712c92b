// A finished interview as the contract takes it.

import type { LoadedInstrument } from "../../platform/types.ts";
import { assessmentOf, consentOf, variantOf } from "./flow.ts";
import type { Draft } from "./draft.ts";

/** The code lists that stand in the place of the option for a nationality. */
const COUNTRY = /^[A-Z]{2}$/;

/**
 * Writes a draft as a submission, without the id, which is made when it is
 * sealed. today is the day by the tablet's clock, as in 2026-11-20.
 */
export function submissionOf(i: LoadedInstrument, d: Draft, today: string): Record<string, unknown> {
  const [instrument, version] = i.ref.split("@");
  const nationality = nationalityOf(i, d);
  const address = variantOf(i, d);
  return {
    instrument,
    version,
    language: d.language,
    interpreter: d.interpreter,
    consent: consentOf(d),
    finished_on: d.paperDay ?? today,
    answers: d.answers,
    claimed: { outcome: assessmentOf(i, d).outcome },
    ...(address ? { address } : {}),
    ...(nationality ? { nationality } : {}),
    ...(Object.keys(d.missing).length > 0 ? { missing: d.missing } : {}),
    ...(d.earlier ? { earlier: d.earlier } : {}),
    ...(d.caseReference.trim() ? { case_reference: d.caseReference.trim() } : {}),
  };
}

/** The nationality as it was answered; it is kept, and never has a part in scoring. */
function nationalityOf(i: LoadedInstrument, d: Draft): string | undefined {
  const item = i.questionnaire.items.find((it) => it.options.some((o) => o.accepts === "iso-3166-1"));
  const answer = item && d.answers[item.id]?.[0];
  return answer !== undefined && (answer === "none" || COUNTRY.test(answer)) ? answer : undefined;
}
