// Everything that an interview needs without a network. A sync takes what
// changed and puts it in place in one step; questionnaires do not change
// under an interview that is open.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

import { FONT_CACHE } from "../sw/shared.ts";
import { asking, type Tokens } from "./api.ts";
import { hex, utf8 } from "./bytes.ts";
import type { Env } from "./env.ts";
import { FONTS } from "./fonts.ts";
import type { Answer, Http } from "./http.ts";
import { CORE, Loaded, PARTS, partName, readCore, type Core } from "./loaded.ts";
import { readStatement, type IntakeKey } from "./statement.ts";
import type { Store, Stored } from "./store.ts";
import {
  OfflineError,
  ProblemError,
  RefusedError,
  type BundleInterview,
  type BundleJurisdiction,
  type Bundles,
  type BundlesState,
  type LoadedInstrument,
  type Messages,
} from "./types.ts";

/** The language that the others are translated from; always taken. */
const SOURCE = "en";

type Progress = (done: number, of: number) => void;

export class Bundle implements Bundles {
  readonly #state: Signal<BundlesState> = signal({ ready: false, languages: [], have: [], outdated: false });
  #loaded: Loaded | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly env: Env,
    readonly store: Store,
    readonly http: Http,
    readonly tokens: () => Tokens,
    /** Whether an interview is open. */
    readonly busy: () => boolean,
  ) {}

  get state(): ReadonlySignal<BundlesState> {
    return this.#state;
  }

  async restore(): Promise<void> {
    const documents = await this.store.db.getAll("bundle");
    if (documents.length === 0) return;
    try {
      this.#use(await Loaded.from(documents));
    } catch {
      // An app that reads another format; the next sync takes it anew.
      this.#state.value = { ...this.#state.value, problem: "wrong_bundle" };
    }
  }

  sync(languages: readonly string[], progress: Progress = () => undefined): Promise<void> {
    const turn = this.#turn.then(() => this.#sync(languages, progress));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Syncs the languages that were asked for last. */
  async again(): Promise<void> {
    const languages = await this.store.kept("languages");
    if (languages) await this.sync(languages);
  }

  instruments(): readonly LoadedInstrument[] {
    return this.#loaded?.instruments ?? [];
  }

  interview(tag: string): BundleInterview | undefined {
    return this.#loaded?.interview(tag);
  }

  interface(tag: string): Messages | undefined {
    return this.#loaded?.interface(tag);
  }

  jurisdiction(iso: string): BundleJurisdiction | undefined {
    return this.#loaded?.core.jurisdictions.find(({ country }) => country === iso);
  }

  /** The intake key, checked anew against the trust key of enrolment every time. */
  async intake(core: Core | undefined = this.#loaded?.core): Promise<IntakeKey> {
    const [trust, device] = await Promise.all([this.store.kept("trust"), this.store.kept("device")]);
    return readStatement(this.env.crypto, core?.intake ?? "", trust, device?.agency ?? "");
  }

  /** Forgets all, after the storage was erased. */
  forget(): void {
    this.#loaded = undefined;
    this.#state.value = { ready: false, languages: [], have: [], outdated: false };
  }

  async #sync(languages: readonly string[], progress: Progress): Promise<void> {
    try {
      await this.store.keep("languages", languages);
      const next = await this.#fetch([SOURCE, ...languages], progress);
      if (!next) return;
      const loaded = await Loaded.from(next);
      if (this.busy()) {
        // An interview was begun meanwhile.
        this.#state.value = { ...this.#state.value, outdated: true };
        return;
      }
      await this.store.change(["bundle"], async (change) => {
        const table = change.objectStore("bundle");
        await table.clear();
        for (const document of next) await table.put(document);
      });
      this.#use(loaded);
    } catch (error) {
      this.#state.value = { ...this.#state.value, problem: codeOf(error) };
      throw error;
    }
  }

  /** The documents of the newest bundle in some languages; undefined when nothing differs, or when it has to wait. */
  async #fetch(languages: readonly string[], progress: Progress): Promise<Stored[] | undefined> {
    const core = await this.#core();
    const content = readCore(core.body);
    if ((await this.store.kept("trust")) !== undefined) await this.intake(content);
    const had = this.#loaded?.documents ?? new Map<string, Stored>();
    const wanted = content.languages.filter(({ language }) => languages.includes(language));
    const documents = [core];
    const missing: { readonly name: string; readonly tag: string; readonly language: string }[] = [];
    for (const { language, ...parts } of wanted) {
      for (const part of PARTS) {
        const [name, tag] = [partName(language, part), parts[part]];
        const here = had.get(name);
        if (here?.tag === tag) documents.push(here);
        else if (tag !== "") missing.push({ name, tag, language });
      }
    }
    const same = core === had.get(CORE) && missing.length === 0 && documents.length === had.size;
    if (same || this.busy()) {
      this.#state.value = without(this.#state.value, !same);
      return undefined;
    }
    let done = 0;
    progress(done, missing.length);
    for (const { name, tag, language } of missing) {
      const { text } = await this.#get(`/v1/bundle/${name}`);
      // Another digest: damaged, or of a newer bundle than the core that was taken.
      if ((await this.#digest(language, text)) !== tag) throw new RefusedError("wrong_bundle");
      documents.push({ name, tag, body: text });
      progress(++done, missing.length);
    }
    await Promise.all(wanted.map(({ script }) => this.#font(script)));
    return documents;
  }

  async #core(): Promise<Stored> {
    const here = this.#loaded?.documents.get(CORE);
    const { status, tag, text } = await this.#get("/v1/bundle", here ? { "If-None-Match": here.tag } : {});
    if (status === 304 && here) return here;
    return { name: CORE, tag: tag ?? "", body: text };
  }

  async #digest(language: string, text: string): Promise<string> {
    const sum = await this.env.crypto.subtle.digest("SHA-256", utf8(`${language}\0${text}`));
    return hex(sum.slice(0, 16));
  }

  #get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return asking(this.tokens(), (token) => this.http.send({ method: "GET", path, headers, token }));
  }

  /** Puts the font of a script where the service worker finds it. A text without it is readable on most tablets. */
  async #font(script: string): Promise<void> {
    const address = FONTS[script];
    if (!address || !this.env.caches) return;
    try {
      const cache = await this.env.caches.open(FONT_CACHE);
      if (!(await cache.match(address))) await cache.add(address);
    } catch {
      // The next sync tries again.
    }
  }

  #use(loaded: Loaded): void {
    this.#loaded = loaded;
    const have = loaded.have();
    const ready = have.includes(SOURCE) && loaded.instruments.some(({ selfTest }) => selfTest === "passed");
    this.#state.value = { ready, languages: loaded.core.languages, have, outdated: false };
  }
}

/** The state without an earlier problem. */
function without({ problem: _, ...state }: BundlesState, outdated: boolean): BundlesState {
  return { ...state, outdated };
}

function codeOf(error: unknown): string {
  if (error instanceof ProblemError) return error.problem.code;
  if (error instanceof RefusedError) return error.reason;
  return error instanceof OfflineError ? "offline" : "wrong_bundle";
}
