// New versions of the app. The service worker takes one as a whole and lets it
// wait; it comes into force when nobody is being interviewed.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

import { ACTIVATE } from "../sw/shared.ts";
import type { Updates } from "./types.ts";

const WORKER = "/sw.js";

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

export class Worker implements Updates {
  readonly #waiting: Signal<boolean> = signal(false);
  #registration: ServiceWorkerRegistration | undefined;

  constructor(readonly busy: () => boolean) {}

  get waiting(): ReadonlySignal<boolean> {
    return this.#waiting;
  }

  /** Starts the worker where there can be one. */
  async start(): Promise<void> {
    const workers = (globalThis as { navigator?: { serviceWorker?: ServiceWorkerContainer } }).navigator?.serviceWorker;
    if (!workers) return;
    const registration = await workers.register(trusted(WORKER), { updateViaCache: "none" });
    this.#registration = registration;
    const look = (): void => {
      // Without a controller it is the first one, which has nothing to wait for.
      this.#waiting.value = registration.waiting !== null && workers.controller !== null;
    };
    look();
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  }

  /** Looks for a new version. */
  async look(): Promise<void> {
    await this.#registration?.update().catch(() => undefined);
  }

  async activate(): Promise<void> {
    const waiting = this.#registration?.waiting;
    if (!waiting || this.busy()) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage(ACTIVATE);
  }
}

/** The only address of a script that is ever made of a text. */
function trusted(url: typeof WORKER): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const rules = {
    createScriptURL(url: string): string {
      if (url !== WORKER) throw new TypeError("no other script");
      return url;
    },
  };
  return trustedTypes?.createPolicy("waymark", rules).createScriptURL(url) ?? url;
}
