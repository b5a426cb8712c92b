// Puts the parts together and says what follows from what: a contact sends what
// waits, a revocation erases, an open interview holds changes off.

import { effect, signal, type Signal } from "@preact/signals";

import { FONT_CACHE } from "../sw/shared.ts";
import { apiOf } from "./api.ts";
import { Bundle } from "./bundles.ts";
import { Clock } from "./clock.ts";
import { Device, REVOKED } from "./device.ts";
import { Draft } from "./drafts.ts";
import { environment } from "./env.ts";
import { Health } from "./health.ts";
import { Http } from "./http.ts";
import { ClientKey } from "./keys.ts";
import { Deliveries } from "./outbox.ts";
import { Sessions } from "./sessions.ts";
import { Store } from "./store.ts";
import {
  OfflineError,
  ProblemError,
  RefusedError,
  type Drafts,
  type Options,
  type Platform,
  type Problem,
  type Session,
} from "./types.ts";
import { Worker } from "./updates.ts";
import { Users } from "./users.ts";

const DATABASE = "waymark";

/** How often leases and drafts are looked at, and the server is asked. */
const TICK = 30_000;
const CONTACT = 15 * 60_000;

const MIB = 1 << 20;

/** Starts the platform of this page. Nothing here waits for the network. */
export async function start(options: Options = {}): Promise<Platform> {
  const env = environment(options);
  const store = await Store.open(options.database ?? DATABASE);
  const running = new Running(env, store);
  await running.restore();
  return running;
}

class Running implements Platform {
  readonly language: Signal<string> = signal("en");
  readonly version = typeof APP_VERSION === "undefined" ? "development" : APP_VERSION;
  readonly clock: Clock;
  readonly key: ClientKey;
  readonly http: Http;
  readonly device: Device;
  readonly sessions: Sessions;
  readonly users: Users;
  readonly bundles: Bundle;
  readonly draft: Draft;
  readonly outbox: Deliveries;
  readonly updates: Worker;
  readonly storage: Health;
  readonly api;
  #contacts: Promise<void> | undefined;

  constructor(
    readonly env: ReturnType<typeof environment>,
    readonly store: Store,
  ) {
    this.clock = new Clock(env, store);
    this.key = new ClientKey(env, store);
    this.http = new Http(env, this.key, this.clock, () => this.language.peek(), (problem) => this.#hear(problem));
    this.users = new Users(env, store);
    this.sessions = new Sessions(env, store, this.http, this.users);
    this.device = new Device(env, store, this.clock, this.key, this.http);
    const busy = (): boolean => this.draft.open.peek() !== undefined;
    this.bundles = new Bundle(env, store, this.http, () => (this.device.enrolled ? this.device : this.sessions), busy);
    this.draft = new Draft(
      env,
      store,
      this.clock,
      this.device,
      this.sessions,
      () => this.bundles.intake(),
      () => void this.outbox.push(),
    );
    const allowed = (): boolean => {
      const { kind } = this.device.standing.peek();
      return kind === "active" || (kind === "revoked" && !this.device.drained);
    };
    this.outbox = new Deliveries(env, store, this.clock, this.http, this.device, allowed, () => this.#end());
    this.updates = new Worker(busy);
    this.storage = new Health(env);
    this.api = apiOf(this.http, this.sessions);
  }

  get standing() {
    return this.device.standing;
  }

  get session() {
    return this.sessions.session;
  }

  get health() {
    return this.storage.state;
  }

  drafts<D>(): Drafts<D> {
    return this.draft as Drafts<D>;
  }

  now(): number {
    return this.clock.now();
  }

  async restore(): Promise<void> {
    await this.clock.restore();
    this.language.value = (await this.store.kept("language")) ?? this.language.value;
    effect(() => {
      const language = this.language.value;
      void this.store.keep("language", language).catch(() => undefined);
    });
    await this.device.restore();
    await Promise.all([this.bundles.restore(), this.draft.restore(), this.outbox.restore(), this.storage.look()]);
    this.env.events?.addEventListener("online", () => this.#soon());
    void this.updates.start().catch(() => undefined);
    this.#tick();
    if (this.device.enrolled) this.#soon();
  }

  async enrol(code: string): Promise<void> {
    await this.storage.persist();
    await this.device.enrol(code);
  }

  /** One contact at a time; whoever asks meanwhile waits for that one. */
  contact(): Promise<void> {
    return (this.#contacts ??= this.#contact().finally(() => (this.#contacts = undefined)));
  }

  async signIn(agency: string, name: string, password: string): Promise<Session> {
    this.lock();
    const keep = this.device.standing.peek().kind === "active";
    if (keep) void this.storage.persist(); // browsers listen to those who use an app
    const { session, renewed } = await this.sessions.signIn(agency, name, password, keep);
    if (renewed) await this.draft.eraseOf(session.ref);
    void this.outbox.resend(session.ref).catch(() => undefined); // what came back is still there
    return session;
  }

  async unlock(name: string, password: string): Promise<Session> {
    if (this.device.standing.peek().kind !== "active") throw new RefusedError("not_active");
    this.lock();
    return this.sessions.unlock(name, password);
  }

  knownHere(): Promise<boolean> {
    return this.users.any();
  }

  lock(): void {
    this.sessions.lock();
    this.draft.lock();
  }

  async signOut(): Promise<void> {
    const ref = this.session.peek()?.ref;
    if (ref !== undefined) await this.draft.eraseOf(ref);
    this.draft.lock();
    await this.sessions.signOut();
  }

  async wipe(): Promise<void> {
    this.lock();
    await this.store.clear();
    await this.env.caches?.delete(FONT_CACHE); // it tells which languages were spoken here
    this.key.forget();
    this.draft.forget();
    this.bundles.forget();
    this.device.forget();
    await this.outbox.restore();
    await this.storage.look();
  }

  async #contact(): Promise<void> {
    if (!this.device.enrolled) return;
    await this.device.contact();
    await this.outbox.heard();
    if (this.device.standing.peek().kind === "revoked") return this.#revoked();
    await this.draft.look();
    await this.outbox.push();
    await this.#report();
    if (this.device.usable) await this.bundles.again().catch(() => undefined); // its state tells
    await this.updates.look();
  }

  /**
   * The tablet was revoked: what it can read is erased at once, what is sealed
   * is delivered once, and then nothing stays.
   */
  async #revoked(): Promise<void> {
    this.lock();
    await this.store.clear(["users", "drafts", "bundle"]);
    this.draft.forget();
    this.bundles.forget();
    await this.outbox.push();
  }

  /** After a push: a revoked tablet that has delivered all, or may deliver nothing more, erases the rest. */
  async #end(): Promise<void> {
    if (this.device.standing.peek().kind !== "revoked") return;
    if (this.device.drained || this.outbox.state.peek().waiting === 0) await this.wipe();
  }

  /** Any answer may tell that the tablet was revoked. */
  #hear({ code }: Problem): void {
    const { kind } = this.device.standing.peek();
    if (code === REVOKED && (kind === "pending" || kind === "active")) this.#soon();
  }

  async #report(): Promise<void> {
    await this.storage.look();
    const { persisted, free } = this.storage.state.peek();
    const { waiting, oldest, rejected } = this.outbox.state.peek();
    await this.device
      .report({
        waiting,
        rejected: rejected.length,
        persistent: persisted,
        app: this.version,
        languages: this.bundles.state.peek().have,
        ...(oldest === undefined ? {} : { oldest }),
        ...(free === undefined ? {} : { free: Math.floor(free / MIB) }),
      })
      .catch(() => undefined); // the next contact tells
  }

  /** Contacts without being asked. What goes wrong is told by what it leaves undone. */
  #soon(): void {
    void this.contact().catch((error: unknown) => {
      if (!(error instanceof OfflineError) && !(error instanceof ProblemError)) throw error;
    });
  }

  #tick(): void {
    let next = this.env.monotonic() + CONTACT;
    const tick = async (): Promise<void> => {
      await this.clock.keep();
      this.device.look();
      await this.draft.look();
      if (this.device.enrolled && this.env.monotonic() >= next) {
        next = this.env.monotonic() + CONTACT;
        this.#soon();
      }
    };
    const again = (): void => {
      this.env.after(TICK, () => void tick().catch(() => undefined).finally(again));
    };
    again();
  }
}
