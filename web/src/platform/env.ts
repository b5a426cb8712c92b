// What the platform stands on, with the browser's own as default.

import type { Options } from "./types.ts";

export interface Env {
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly crypto: Crypto;
  readonly fetch: typeof fetch;
  readonly locks: LockManager | undefined;
  readonly storage: StorageManager | undefined;
  readonly caches: CacheStorage | undefined;
  readonly events: EventTarget | undefined;
  readonly origin: string;
  readonly after: (ms: number, call: () => void) => () => void;
}

export function environment(o: Options): Env {
  const browser = globalThis as Partial<Pick<Window, "navigator" | "location">> & typeof globalThis;
  return {
    now: o.now ?? Date.now,
    monotonic: o.monotonic ?? (() => performance.now()),
    random: o.random ?? Math.random,
    crypto: o.crypto ?? crypto,
    fetch: o.fetch ?? ((input, init) => fetch(input, init)),
    locks: o.locks ?? browser.navigator?.locks,
    storage: o.storage ?? browser.navigator?.storage,
    caches: o.caches ?? (typeof caches === "undefined" ? undefined : caches),
    events: o.events ?? (typeof window === "undefined" ? undefined : window),
    origin: o.origin ?? browser.location?.origin ?? "",
    after: o.after ?? after,
  };
}

function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

/** Runs work that no other page of the app may run at the same time; waits for its turn. */
export async function alone<T>(env: Env, name: string, work: () => Promise<T>): Promise<T> {
  return env.locks ? await env.locks.request(name, work) : await work();
}

/** Runs work unless another page of the app is at it. */
export async function ifFree(env: Env, name: string, work: () => Promise<void>): Promise<void> {
  if (!env.locks) return work();
  await env.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}
