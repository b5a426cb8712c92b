// A compiled instrument, read from the very bytes that the Go engine runs. What
// each instruction does is written down in screening/program.go of the server;
// this file refuses every program that the Go engine refuses.

import { askItems, type AskItem } from "./ask.ts";
import { boundItems, type BoundItem } from "./bound.ts";
import { optionEvidence } from "./evidence.ts";
import { ELEMENT_STATES, ENGINE, FACTS, FINDINGS, Limit, Op, Register, ROLES } from "./layout.ts";
import { count, filled, flag, list, record, reference, some, text, type Fits } from "./shape.ts";

export interface Item {
  readonly id: string;
  readonly many?: true;
  readonly options: readonly string[];
  readonly accepts?: readonly { readonly option: number; readonly list: string }[];
  readonly counts?: true;
  /** Whether it is not among the first to be asked next. */
  readonly late?: true;
}

/** A second entry into the code, for after a run: what it leaves in registers tells the position. */
export interface Spectrum {
  readonly at: number;
  /** A register: the place in positions. */
  readonly position: number;
  readonly positions: readonly string[];
  readonly elements: readonly {
    readonly id: string;
    /** 0 absent, 1 partial, 2 present. */
    readonly register: number;
    /** The codes that speak of it. */
    readonly codes: readonly number[];
  }[];
}

/** One answer of a contradiction. */
export interface Side {
  /** Another instrument, whose answers came earlier. */
  readonly instrument?: string;
  readonly item: string;
  /** Some chosen option is in the list. */
  readonly any?: readonly string[];
}

/** A pair of answers that do not fit together. Both stand; the pair is worth asking about again. */
export interface Contradiction {
  readonly first: Side;
  readonly second: Side;
  /** Whether it is enough that the two have no option in common. */
  readonly differ?: true;
}

interface Tables {
  readonly engine: string;
  readonly instrument: string;
  readonly rules: string;
  readonly codebook: string;
  readonly items: readonly Item[];
  readonly codes: readonly { readonly code: string; readonly class: string }[];
  readonly dimensions: readonly string[];
  readonly outcomes: readonly string[];
  readonly lines: readonly string[];
  readonly modes: readonly string[];
  readonly lists?: readonly { readonly id: string; readonly codes: readonly string[] }[];
  readonly evidence: readonly (readonly number[])[];
  readonly findings: readonly (readonly number[])[];
  readonly decide: number;
  readonly spectrum?: Spectrum;
  readonly contradictions?: readonly Contradiction[];
}

/** A program that can be run: it always ends and stays inside its tables. */
export interface Program extends Tables {
  /** Eight bytes an instruction: op, a, t and m, little endian. */
  readonly code: DataView;
  readonly itemAt: ReadonlyMap<string, number>;
  /** The places of the codes, by name. */
  readonly sorted: readonly number[];
  readonly bounds: readonly BoundItem[];
  readonly asks: readonly AskItem[];
}

const side: Fits = record({ "instrument?": filled, item: text, "any?": some(text) });

const wire: Fits = record({
  engine: text,
  instrument: reference,
  rules: reference,
  codebook: reference,
  items: list(
    record({
      id: text,
      "many?": flag,
      options: list(text),
      "accepts?": some(record({ option: count, list: text })),
      "counts?": flag,
      "late?": flag,
    }),
  ),
  codes: list(record({ code: text, class: text })),
  dimensions: list(text),
  outcomes: list(text),
  lines: list(text),
  modes: list(text),
  "lists?": some(record({ id: text, codes: list(text) })),
  evidence: list(list(count, Limit.Words)),
  findings: list(list(count), 2),
  decide: count,
  "spectrum?": record({
    at: count,
    position: count,
    positions: list(text),
    elements: list(record({ id: text, register: count, codes: list(count, Limit.Words) })),
  }),
  "contradictions?": some(record({ first: side, second: side, "differ?": flag })),
  code: text,
});

/** Printable ASCII that no JSON writer escapes: without < > & and backslash. */
const plain = /^[ -%'-;=?-[\]-~]+$/;

/** Reads an encoded program. Any other form than the one encoding is refused. */
export function readProgram(encoded: string): Program {
  const parsed: unknown = plain.test(encoded) ? JSON.parse(encoded) : undefined;
  must(wire(parsed) && JSON.stringify(parsed) === encoded, "not in the one form that a program is written in");
  const { code: base64, ...tables } = parsed as Tables & { code: string };
  must(tables.engine === ENGINE, `made for engine "${tables.engine}", this is engine "${ENGINE}"`);

  const bytes = atob(base64);
  must(btoa(bytes) === base64 && bytes.length % Limit.Instruction === 0, "the code is not whole instructions in base64");
  const code = new DataView(Uint8Array.from(bytes, (c) => c.charCodeAt(0)).buffer);
  checkTables(tables, code);
  for (let at = 0; at < code.byteLength / Limit.Instruction; at++) {
    must(instructionFits(tables, code, at), `instruction ${at} names something that is not there`);
  }

  const codeAt = new Map(tables.codes.flatMap(({ code }, at) => (code === "" ? [] : [[code, at]])));
  const program = {
    ...tables,
    code,
    itemAt: new Map(tables.items.map((it, at) => [it.id, at])),
    sorted: [...codeAt].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, at]) => at),
  };
  const shows = optionEvidence(program);
  return { ...program, bounds: boundItems(program, shows), asks: askItems(program, shows) };
}

/**
 * Reads a program document, as the server's bundle and "waymark instrument
 * program" give it, and refuses one whose digest does not fit its program.
 */
export async function openProgram(document: string): Promise<Program> {
  const { digest, program } = JSON.parse(document) as { digest?: unknown; program?: unknown };
  const encoded = JSON.stringify(program) ?? "";
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(encoded));
  const hex = Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
  must(hex === digest, "the digest is not that of the program");
  return readProgram(encoded);
}

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(`program: ${otherwise}`);
}

function checkTables(p: Tables, code: DataView): void {
  const length = code.byteLength / Limit.Instruction;
  must(p.items.length >= 1 && p.items.length <= Limit.Items, "too few or too many items");
  must(p.codes.length <= Limit.Codes, "too many codes");
  must(p.outcomes.length > 0 && p.lines.length > 0, "a table is empty");
  must(p.dimensions.length === Limit.Dimensions && p.modes.length === 2, "other dimensions or modes than there always are");
  must(length >= 1 && length <= 1 << 16, "the code has no end");
  must(code.getUint8(code.byteLength - Limit.Instruction) === Op.End, "the code has no end");
  must(p.decide < length, "the rules begin outside the code");
  for (const it of p.items) {
    must(it.options.length >= 1 && it.options.length <= Limit.Options, "an item has too few or too many options");
    for (const { option, list } of it.accepts ?? []) {
      must(option < it.options.length && !!p.lists?.some((l) => l.id === list), "an item accepts a list that is not there");
    }
  }
  must(p.evidence.every((row) => known(p, row)), "an evidence row names a code that is not there");
  for (const registers of p.findings) {
    const inside = registers.every((r) => r >= Register.Findings && r < Register.Free);
    must(registers.length === Limit.Dimensions && inside, "a finding stands in another register");
  }
  if (p.spectrum) checkSpectrum(p, p.spectrum, length);
}

function checkSpectrum(p: Tables, { at, position, positions, elements }: Spectrum, length: number): void {
  const free = (r: number): boolean => r >= Register.Free && r < Register.Count;
  must(at < length && free(position) && positions.length > 0, "the spectrum begins outside the code or has no position");
  for (const { register, codes } of elements) {
    must(free(register) && register !== position, "an element stands in another register");
    must(known(p, codes), "an element names a code that is not there");
  }
}

/** Whether all of a set of codes are in the table. */
function known({ codes }: Tables, set: readonly number[]): boolean {
  for (let at = codes.length; at < Limit.Codes; at++) {
    if (set[at >> 5]! & (1 << at)) return false;
  }
  return true;
}

/** Whether the operands name something that exists and a jump goes forward. */
function instructionFits(p: Tables, code: DataView, at: number): boolean {
  const place = at * Limit.Instruction;
  const op = code.getUint8(place);
  const a = code.getUint8(place + 1);
  const t = code.getUint16(place + 2, true);
  const m = code.getUint32(place + 4, true);
  const item = p.items[a];
  if (op >= Op.Jump && op <= Op.NotBelow && (t <= at || t >= code.byteLength / Limit.Instruction)) return false;
  switch (op) {
    case Op.End:
    case Op.Jump:
    case Op.Below:
    case Op.NotBelow:
      return true;
    case Op.Any:
    case Op.NotAny:
    case Op.Only:
    case Op.NotOnly:
      return item !== undefined || a === FACTS;
    case Op.Code:
    case Op.NotCode:
      return a < Limit.Words;
    case Op.Least:
    case Op.Less:
      return a < Register.Count;
    case Op.Drop:
    case Op.Cover:
      return item !== undefined;
    case Op.Evidence:
    case Op.Weigh:
      return item !== undefined && t + item.options.length <= p.evidence.length;
    case Op.Add:
      return t < p.codes.length;
    case Op.Count:
      return a >= Register.Free && a < Register.Count && t < Limit.Words && spectrumValues(p, a) === undefined;
    case Op.Set:
      return a < Register.Count && m < settable(p, a);
    default:
      return false;
  }
}

/** How many values may be written into a register: those of the table it names. */
function settable(p: Tables, register: number): number {
  switch (register) {
    case Register.Child:
      return 2;
    case Register.Outcome:
    case Register.Strict:
      return p.outcomes.length;
    case Register.Line:
    case Register.StrictLine:
      return p.lines.length;
    case Register.Role:
      return ROLES.length;
    default:
      if (register >= Register.Findings && register < Register.Free) return FINDINGS.length;
      return spectrumValues(p, register) ?? 1 << 16;
  }
}

/** How many values a register of the spectrum takes; undefined for any other. */
function spectrumValues({ spectrum }: Tables, register: number): number | undefined {
  if (register === spectrum?.position) return spectrum.positions.length;
  return spectrum?.elements.some((e) => e.register === register) ? ELEMENT_STATES.length : undefined;
}
