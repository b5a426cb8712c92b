// One interview a line in, one result a line out: the lines of "waymark
// instrument score", byte for byte. For conformance runs only; the app builds
// its answers itself and needs no strict reader.

import { assess } from "../screening/assessment.ts";
import { bound } from "../screening/bound.ts";
import type { Program } from "../screening/program.ts";
import { encode, ResponseError, type Answers, type MissingAnswers, type Responses } from "../screening/responses.ts";

/** The longest line that is read. */
export const MAX_LINE = 1 << 20;

/** What becomes of one line. */
export interface Written {
  readonly text: string;
  readonly failed: boolean;
}

/** Scores one line, without its end. */
export function scoreLine(p: Program, line: Uint8Array): Written {
  if (line.length > MAX_LINE) return failure(null, "malformed_line", `a line has at most ${MAX_LINE} bytes`);
  const value = strict(line);
  const interview = value === undefined ? undefined : read(value);
  if (!interview) {
    return failure(
      idOf(value),
      "malformed_line",
      'a line is one JSON object such as {"id":"x1","answers":{"B01":["30_47"]},"missing":{"T12":"declined"}}',
    );
  }
  try {
    return { text: JSON.stringify(score(p, interview)), failed: false };
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    return failure(interview.id, error.faults[0].code, error.message);
  }
}

function failure(id: string | null, code: string, detail: string): Written {
  return { text: JSON.stringify({ id, error: { code, detail } }), failed: true };
}

interface Interview {
  readonly id: string;
  readonly answers: Answers;
  readonly missing: MissingAnswers;
  readonly refused: boolean;
}

/** The response set of a line; undefined for a line that cannot be scored. */
export function responsesOf(p: Program, line: Uint8Array): Responses | undefined {
  const value = strict(line);
  const interview = value === undefined ? undefined : read(value);
  try {
    return interview && encodeOf(p, interview);
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    return undefined;
  }
}

const encodeOf = (p: Program, { answers, missing, refused }: Interview): Responses =>
  encode(p, answers, missing, refused ? ["consent_refused"] : []);

function score(p: Program, interview: Interview): object {
  const responses = encodeOf(p, interview);
  const a = assess(p, responses.chosen);
  const { open, settling } = bound(p, responses);
  return {
    id: interview.id,
    outcome: a.outcome,
    outcome_strict: a.strict,
    urgent: a.urgent,
    indicators: a.indicators,
    dimensions: byName(a.dimensions),
    role: a.role,
    open,
    settling,
    coverage: a.coverage,
    ignored: a.ignored,
    ...(a.needs ? { needs: a.needs } : {}),
  };
}

/** The same object with its names in order. */
export const byName = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).sort(([x], [y]) => (x < y ? -1 : 1)));

/** Parses JSON that is valid UTF-8, gives no name twice and holds whole characters; undefined for any other. */
function strict(line: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
    const value: unknown = JSON.parse(text);
    return namesOnce(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether no object of a valid JSON text gives a name twice, and every text is whole characters. */
function namesOnce(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else {
      const name = JSON.parse(colon ? token.slice(0, -colon.length) : token) as string;
      if (!name.isWellFormed()) return false;
      if (!colon) continue;
      const names = open.at(-1);
      if (names?.has(name)) return false;
      names?.add(name);
    }
  }
  return true;
}

type Fields = Record<string, unknown>;
const isObject = (v: unknown): v is Fields => typeof v === "object" && v !== null && !Array.isArray(v);

/** The id of a line that is otherwise wrong; null when it has none. */
const idOf = (value: unknown): string | null =>
  isObject(value) && typeof value["id"] === "string" ? value["id"] : null;

/**
 * Reads an interview; undefined for a line of another shape. As for the Go
 * reader, null stands for the empty value of its type.
 */
function read(value: unknown): Interview | undefined {
  const line = value ?? {};
  if (!isObject(line)) return undefined;
  const { id, answers, missing, consent_refused: refused, ...others } = line;
  const chosen = map(answers, (options) => (options === null ? [] : Array.isArray(options) ? all(options, text) : undefined));
  const reasons = map(missing, text);
  const name = text(id ?? null);
  const flag = refused ?? false;
  if (Object.keys(others).length > 0 || !chosen || !reasons || name === undefined || typeof flag !== "boolean") {
    return undefined;
  }
  return { id: name, answers: chosen, missing: reasons, refused: flag };
}

const text = (v: unknown): string | undefined => (v === null ? "" : typeof v === "string" ? v : undefined);

/** Reads every value of a list; undefined when one has another type. */
function all<T>(values: readonly unknown[], one: (v: unknown) => T | undefined): T[] | undefined {
  const read = values.map(one);
  return read.some((v) => v === undefined) ? undefined : (read as T[]);
}

/** Reads every value of an object; undefined when it is none, or one has another type. */
function map<T>(v: unknown, one: (v: unknown) => T | undefined): Readonly<Record<string, T>> | undefined {
  const fields = v ?? {};
  if (!isObject(fields)) return undefined;
  const read = all(Object.values(fields), one);
  return read && Object.fromEntries(Object.keys(fields).map((name, i) => [name, read[i] as T]));
}
