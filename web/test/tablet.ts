// A tablet in Node: its database outlives a page, its clock is the test's.

import "fake-indexeddb/auto";

import { IDBFactory } from "fake-indexeddb";

import { start, type Options, type Platform, type Session } from "../src/platform/index.ts";
import { FakeServer, PASSWORDS } from "./server.ts";

/** Timers that run when the test says so. */
export class Timers {
  #timers: { at: number; call: () => void }[] = [];
  now = 0;

  readonly after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.now + ms, call };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((t) => t !== timer));
  };

  /** Lets time go by at once, as on a device that slept, and then everything that was due. */
  async pass(ms: number): Promise<void> {
    this.now += ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((t) => t !== next);
      next.call();
      await settled();
    }
    await settled();
  }
}

/** Waits until what was set off has come to rest. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 60; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

export class Tablet {
  readonly timers = new Timers();
  readonly events = new EventTarget();
  /** The device's own clock. */
  clock = Date.parse("2026-11-20T08:00:00Z");
  #crypto: Crypto = crypto;

  private constructor(readonly server: FakeServer) {}

  static async new(): Promise<Tablet> {
    Object.assign(globalThis, { indexedDB: new IDBFactory() });
    return new Tablet(await FakeServer.start());
  }

  /** Every page from now on computes with this. */
  with(crypto: Crypto): void {
    this.#crypto = crypto;
  }

  /** Loads the page: what was in memory is gone, the database is not. */
  page(options: Options = {}): Promise<Platform> {
    return start({
      now: () => this.clock,
      monotonic: () => this.timers.now,
      random: () => 0.5,
      fetch: this.server.fetch,
      crypto: this.#crypto,
      events: this.events,
      origin: this.server.origin,
      after: this.timers.after,
      ...options,
    });
  }

  /** Lets time go by, on the tablet's clock and on the server's. */
  async pass(ms: number): Promise<void> {
    this.clock += ms;
    this.server.now += ms;
    await this.timers.pass(ms);
  }

  /** A page on a tablet that is enrolled and confirmed, with English, and nobody signed in. */
  async enrolled(): Promise<Platform> {
    const platform = await this.page();
    await platform.enrol("CODE-ONE");
    this.server.device().state = "active";
    await platform.contact();
    await platform.bundles.sync(["th"]);
    return platform;
  }

  /** The same with an officer signed in. */
  async ready(name = "somchai"): Promise<Platform> {
    const platform = await this.enrolled();
    await signIn(platform, name);
    return platform;
  }

  unlock(platform: Platform, name = "somchai"): Promise<Session> {
    return platform.unlock(name, PASSWORDS[name]!);
  }
}

export const signIn = (platform: Platform, name: string): Promise<Session> =>
  platform.signIn("mekong", name, PASSWORDS[name]!);

/** Everything in the database. */
export async function dump(): Promise<{ table: string; key: IDBValidKey; value: unknown }[]> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("waymark");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error("the database does not open"));
  });
  const out = [];
  for (const table of db.objectStoreNames) {
    const store = db.transaction(table).objectStore(table);
    const [keys, values] = await Promise.all([all(store.getAllKeys()), all<unknown[]>(store.getAll())]);
    for (const [i, key] of keys.entries()) out.push({ table, key, value: values[i] });
  }
  db.close();
  return out;
}

/** What there is to erase: all but the language of the app and how far time has come. */
export const left = async (): Promise<string[]> =>
  (await dump()).map(({ table, key }) => `${table}/${String(key)}`).filter((at) => !/^kept\/(language|clock)$/.test(at));

const all = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error("the database does not read"));
  });
