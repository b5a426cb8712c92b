// How well this browser keeps things, and whether there is a network at all.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

import type { Env } from "./env.ts";
import type { StorageHealth } from "./types.ts";

export class Health {
  readonly #state: Signal<StorageHealth>;

  constructor(readonly env: Env) {
    const online = (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine ?? true;
    this.#state = signal({ persisted: false, online });
    for (const event of ["online", "offline"] as const) {
      env.events?.addEventListener(event, () => {
        this.#state.value = { ...this.#state.value, online: event === "online" };
      });
    }
  }

  get state(): ReadonlySignal<StorageHealth> {
    return this.#state;
  }

  /** Asks the browser not to clear the storage by itself. */
  async persist(): Promise<void> {
    await this.env.storage?.persist?.().catch(() => false);
    await this.look();
  }

  async look(): Promise<void> {
    const { storage } = this.env;
    const persisted = (await storage?.persisted?.().catch(() => false)) ?? false;
    const { usage, quota }: StorageEstimate = (await storage?.estimate?.().catch(() => ({}))) ?? {};
    this.#state.value = {
      persisted,
      online: this.#state.value.online,
      ...(usage === undefined ? {} : { usage }),
      ...(usage === undefined || quota === undefined ? {} : { free: Math.max(0, quota - usage) }),
    };
  }
}
