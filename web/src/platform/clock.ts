// The clock that leases and drafts go by. A tablet's own clock may be wrong and
// may be turned back by whoever holds it; the server's is known at every
// contact. In between time goes by the device's clock, but never back: it has
// reached at least what was seen before, and while the page lives at least as
// much more as has gone by.

import type { Env } from "./env.ts";
import type { Store } from "./store.ts";

export class Clock {
  /** What is added to the device's clock. */
  #offset = 0;
  #time = -Infinity;
  #at: number;

  constructor(
    readonly env: Env,
    readonly store: Store,
  ) {
    this.#at = env.monotonic();
  }

  /** Takes up where the last page left off. */
  async restore(): Promise<void> {
    const kept = await this.store.kept("clock");
    if (kept) [this.#offset, this.#time] = [kept.offset, kept.time];
    this.#at = this.env.monotonic();
  }

  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  now(): number {
    const at = this.env.monotonic();
    const least = this.#time + Math.max(0, at - this.#at);
    let time = this.env.now() + this.#offset;
    if (time < least) {
      this.#offset += least - time;
      time = least;
    }
    [this.#time, this.#at] = [time, at];
    return Math.floor(time);
  }

  /** The day of now in UTC. */
  day(): string {
    return new Date(this.now()).toISOString().slice(0, 10);
  }

  /** Takes the time that a server gave. It alone may set the clock back. */
  async set(server: number): Promise<void> {
    this.#offset = server - this.env.now();
    [this.#time, this.#at] = [server, this.env.monotonic()];
    await this.keep();
  }

  /** Remembers how far time has come. */
  async keep(): Promise<void> {
    const time = this.now();
    await this.store.keep("clock", { offset: this.#offset, time });
  }
}
