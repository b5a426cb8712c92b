// What the screens may rely on. The platform owns keys, storage, the network
// and the clock; a screen owns none of them and sees this file only.

import type { ReadonlySignal, Signal } from "@preact/signals";

import type { Program } from "../screening/index.ts";
import type { Schema } from "./contract.ts";

/** With the fingerprint that the tablet works out by itself. */
export type OwnDevice = Schema<"OwnDevice">;
export type Problem = Schema<"Problem">;
export type Questionnaire = Schema<"Questionnaire">;
export type Steps = Schema<"BundleInstrument">["steps"];
export type Sectors = NonNullable<Schema<"BundleInstrument">["sectors"]>;
export type BundleLanguage = Schema<"BundleLanguage">;
export type BundleInterview = Schema<"BundleInterview">;
export type BundleJurisdiction = Schema<"BundleJurisdiction">;

/** Texts by id; a plural is an object with the forms of the language. */
export type Messages = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Where this browser stands. */
export type Standing =
  /** Not enrolled: for the console only. */
  | { readonly kind: "browser" }
  | {
      readonly kind: "pending" | "active" | "revoked";
      readonly device: OwnDevice;
      /** Too long without contact: no interview is begun, and a draft was erased. */
      readonly leaseOver: boolean;
    };

/** Somebody who has signed in or unlocked. */
export interface Session {
  readonly ref: string;
  readonly role: string;
  readonly agency: string;
  readonly sites: readonly string[];
  /** Unlocked from what is stored; the server was not asked yet. */
  readonly offline: boolean;
}

/** What the server answered instead of what was asked for. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
    this.name = "ProblemError";
  }
}

/** No answer came. What was asked for may have happened all the same. */
export class OfflineError extends Error {
  constructor() {
    super("no answer came");
    this.name = "OfflineError";
  }
}

/** Why the platform itself refuses something. */
export type Refusal =
  /** Name or password is wrong, or nobody of that name has signed in here; nothing says which. */
  | "wrong"
  /** Somebody has to sign in or unlock first. */
  | "locked"
  /** The draft is somebody else's. */
  | "not_yours"
  /** The tablet had no contact for too long. */
  | "lease_over"
  /** The tablet is not enrolled, not confirmed or revoked. */
  | "not_active"
  /** There is no draft. */
  | "no_draft"
  /** The intake key is missing, has expired, or is not signed by the trust key of enrolment. */
  | "no_intake_key"
  /** The bundle has a format that this app does not know, or what came does not fit its digest. */
  | "wrong_bundle"
  /** The storage took nothing; it may be full. */
  | "storage";

export class RefusedError extends Error {
  constructor(
    readonly reason: Refusal,
    options?: ErrorOptions,
  ) {
    super(reason, options);
    this.name = "RefusedError";
  }
}

/** Calls of the API as whoever has signed in. Every one may throw ProblemError or OfflineError. */
export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
  del(path: string): Promise<void>;
}

export interface OpenDraft {
  /** Milliseconds by the platform's clock. */
  readonly started: number;
  readonly expires: number;
  /** Whether it can be loaded: it was begun by whoever is unlocked now. */
  readonly mine: boolean;
}

/** At most one unfinished interview, sealed under a key of its own. */
export interface Drafts<D> {
  readonly open: ReadonlySignal<OpenDraft | undefined>;
  /** The draft, for whoever began it; undefined when there is none. */
  load(): Promise<D | undefined>;
  /** Durable when it resolves. Callers wait a little between two calls. Begins a draft when there is none. */
  save(draft: D): Promise<void>;
  /**
   * Seals a submission to the intake key, puts it into the outbox and erases
   * the draft with its key, both in one step. The id is made here.
   */
  finish(submission: Readonly<Record<string, unknown>>): Promise<void>;
  /** Erases the draft with its key. Anybody who is unlocked may. */
  discard(): Promise<void>;
}

/** An interview that came back. */
export interface Rejected {
  readonly id: string;
  /** The day on which it was finished. */
  readonly day: string;
  readonly title: string;
  readonly detail: string;
  readonly code: string;
}

export interface OutboxState {
  readonly waiting: number;
  readonly sending: boolean;
  /** When a server last answered, in milliseconds by the platform's clock. */
  readonly lastContact?: number;
  /** Day on which the oldest waiting interview was finished. */
  readonly oldest?: string;
  readonly rejected: readonly Rejected[];
  readonly nextTry?: number;
}

export interface Outbox {
  readonly state: ReadonlySignal<OutboxState>;
  /** Sends what waits, now. Never throws: the state tells what became of it. */
  push(): Promise<void>;
  /** Erases an interview that came back. */
  dismiss(id: string): Promise<void>;
}

/** How well the browser keeps things. */
export interface StorageHealth {
  readonly persisted: boolean;
  /** Bytes. */
  readonly free?: number;
  readonly usage?: number;
  readonly online: boolean;
}

export interface LoadedInstrument {
  /** Such as "triage-border@1.0.0". */
  readonly ref: string;
  readonly questionnaire: Questionnaire;
  readonly leftOut: readonly string[];
  readonly program: Program;
  /** The keys of the texts in BundleInterview, in their order. */
  readonly keys: readonly string[];
  readonly steps: Steps;
  readonly sectors: Sectors;
  /** Nobody is scored by an instrument that failed. */
  readonly selfTest: "passed" | "failed";
}

export interface BundlesState {
  /** Everything for an interview in some language is here. */
  readonly ready: boolean;
  readonly languages: readonly BundleLanguage[];
  /** Tags of the languages whose newest known texts are here. */
  readonly have: readonly string[];
  /** The server has newer texts; sync takes them when no interview is open. */
  readonly outdated: boolean;
  /** Why the last sync failed: a code of a problem, a Refusal, or "offline". */
  readonly problem?: string;
}

export interface Bundles {
  readonly state: ReadonlySignal<BundlesState>;
  /**
   * Takes what changed, in one step or not at all. English is always taken.
   * While an interview is open it only looks whether there is something newer.
   */
  sync(languages: readonly string[], progress?: (done: number, of: number) => void): Promise<void>;
  instruments(): readonly LoadedInstrument[];
  interview(tag: string): BundleInterview | undefined;
  interface(tag: string): Messages | undefined;
  jurisdiction(iso: string): BundleJurisdiction | undefined;
}

/** New versions of the app itself. */
export interface Updates {
  /** A new version is here and waits. */
  readonly waiting: ReadonlySignal<boolean>;
  /** Changes to it and loads the page anew, unless an interview is open. */
  activate(): Promise<void>;
}

export interface Platform {
  readonly standing: ReadonlySignal<Standing>;
  /** Undefined while locked or signed out. */
  readonly session: ReadonlySignal<Session | undefined>;
  readonly health: ReadonlySignal<StorageHealth>;
  /** BCP 47 tag in which the server is asked to speak; kept. */
  readonly language: Signal<string>;
  readonly api: Api;
  readonly bundles: Bundles;
  /** What a draft looks like is the screens' own affair. */
  drafts<D>(): Drafts<D>;
  readonly outbox: Outbox;
  readonly updates: Updates;
  /** Version of the app. */
  readonly version: string;
  /** The clock that leases and drafts go by, in milliseconds; it never goes back. */
  now(): number;
  enrol(code: string): Promise<void>;
  /** Asks how this tablet stands: renews its lease, or carries out its revocation. */
  contact(): Promise<void>;
  /** Online. On a tablet it also keeps what unlock needs. */
  signIn(agency: string, name: string, password: string): Promise<Session>;
  /** Works without a network; on a tablet only. */
  unlock(name: string, password: string): Promise<Session>;
  /** Whether anybody can unlock here. */
  knownHere(): Promise<boolean>;
  /** Drops every key from memory. */
  lock(): void;
  /**
   * Locks, forgets who it was, with their draft, and has the server end the
   * sign-in if it can be reached. They cannot unlock here until they sign in again.
   */
  signOut(): Promise<void>;
  /** Erases everything, also what was not sent yet. */
  wipe(): Promise<void>;
}

/** What the platform stands on; everything has its browser's own as default. */
export interface Options {
  readonly now?: () => number;
  /** Milliseconds that never go back while the page lives. */
  readonly monotonic?: () => number;
  readonly random?: () => number;
  /** Name of the database. */
  readonly database?: string;
  readonly fetch?: typeof fetch;
  readonly crypto?: Crypto;
  readonly locks?: LockManager;
  readonly storage?: StorageManager;
  readonly caches?: CacheStorage;
  /** Where "online" and "offline" are heard. */
  readonly events?: EventTarget;
  readonly origin?: string;
  /** Calls back once, after so many milliseconds; gives what calls that off. */
  readonly after?: (ms: number, call: () => void) => () => void;
}
