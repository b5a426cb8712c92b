// A bundle that was read: every program opened and tried before it is used.

import { openProgram } from "../screening/index.ts";
import type { Schema } from "./contract.ts";
import { passes } from "./selftest.ts";
import type { Stored } from "./store.ts";
import { RefusedError, type BundleInterview, type LoadedInstrument, type Messages } from "./types.ts";

export type Core = Schema<"Bundle">;

/** The format that this app reads. */
const FORMAT = 1;

export const CORE = "core";
export type Part = "interview" | "interface";
export const PARTS: readonly Part[] = ["interview", "interface"];
export const partName = (tag: string, part: Part): string => `${tag}/${part}`;

/** Documents of a bundle that belong together, and what was read from them. */
export class Loaded {
  readonly #read = new Map<string, unknown>();

  private constructor(
    readonly core: Core,
    readonly instruments: readonly LoadedInstrument[],
    readonly documents: ReadonlyMap<string, Stored>,
  ) {}

  static async from(documents: readonly Stored[]): Promise<Loaded> {
    const byName = new Map(documents.map((document) => [document.name, document]));
    const core = readCore(byName.get(CORE)?.body ?? "");
    return new Loaded(core, await Promise.all(core.instruments.map(instrumentOf)), byName);
  }

  interview(tag: string): BundleInterview | undefined {
    return this.#part<BundleInterview>(tag, "interview");
  }

  interface(tag: string): Messages | undefined {
    return this.#part<{ readonly messages: Messages }>(tag, "interface")?.messages;
  }

  /** Tags of the languages whose texts are here as the core names them. */
  have(): string[] {
    return this.core.languages
      .filter((language) => PARTS.every((part) => language[part] === "" || this.fits(language, part)))
      .filter((language) => PARTS.some((part) => language[part] !== ""))
      .map(({ language }) => language);
  }

  /** Whether a part is here as the core names it. */
  fits(language: Core["languages"][number], part: Part): boolean {
    return this.documents.get(partName(language.language, part))?.tag === language[part];
  }

  #part<T>(tag: string, part: Part): T | undefined {
    const document = this.documents.get(partName(tag, part));
    if (!document) return undefined;
    if (!this.#read.has(document.name)) this.#read.set(document.name, JSON.parse(document.body));
    return this.#read.get(document.name) as T;
  }
}

/** Reads the core of a bundle; refuses a format that this app does not know. */
export function readCore(body: string): Core {
  const core = (body === "" ? {} : JSON.parse(body)) as Partial<Core>;
  if (core.format !== FORMAT) throw new RefusedError("wrong_bundle");
  return core as Core;
}

async function instrumentOf(from: Schema<"BundleInstrument">): Promise<LoadedInstrument> {
  const { questionnaire, keys, steps, sectors = [], left_out: leftOut = [] } = from;
  const ref = `${questionnaire.id}@${questionnaire.version}`;
  try {
    const program = await openProgram(JSON.stringify(from.program));
    if (program.instrument !== ref) throw new Error("the program of another instrument");
    const selfTest = passes(program, from.vectors) ? "passed" : "failed";
    return { ref, questionnaire, leftOut, program, keys, steps, sectors, selfTest };
  } catch (error) {
    throw new RefusedError("wrong_bundle", { cause: error });
  }
}
