// Before anybody is scored by a program, the interviews with a known result
// that came with it are scored. A tablet whose browser computes otherwise than
// the server must not score at all.

import { assess, bound, encode, ResponseError, type Answers, type MissingAnswers, type Program } from "../screening/index.ts";

interface Vector {
  readonly answers: Answers;
  readonly missing?: MissingAnswers;
  readonly consent_refused?: boolean;
  /** One name of a result with its value, or "error" with the code. */
  readonly want: Readonly<Record<string, unknown>>;
}

/** Whether a program gives every vector its known result. None at all is not enough. */
export function passes(program: Program, file: unknown): boolean {
  const { vectors } = (file ?? {}) as { readonly vectors?: readonly Vector[] };
  return Array.isArray(vectors) && vectors.length > 0 && vectors.every((vector: Vector) => fits(program, vector));
}

function fits(program: Program, vector: Vector): boolean {
  const wanted = Object.entries(vector.want);
  const got = result(program, vector);
  return wanted.length === 1 && wanted.every(([name, value]) => canonical(got[name]) === canonical(value));
}

function result(program: Program, { answers, missing = {}, consent_refused: refused }: Vector): Record<string, unknown> {
  try {
    const responses = encode(program, answers, missing, refused ? ["consent_refused"] : []);
    const { strict, ...assessment } = assess(program, responses.chosen);
    return { ...assessment, outcome_strict: strict, ...bound(program, responses) };
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    return { error: error.faults[0].code };
  }
}

/** A JSON value written in one way, whatever the order of names. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, v: unknown) =>
      typeof v === "object" && v !== null && !Array.isArray(v)
        ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
        : v,
    ) ?? ""
  );
}
