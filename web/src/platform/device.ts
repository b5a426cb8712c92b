// Where this browser stands: enrolled or not, its lease, its revocation.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

import type { Clock } from "./clock.ts";
import type { Schema } from "./contract.ts";
import type { Env } from "./env.ts";
import { fingerprint, thumbprint } from "./fingerprint.ts";
import type { Http } from "./http.ts";
import type { ClientKey } from "./keys.ts";
import { accessOf, type Access } from "./sessions.ts";
import type { Store } from "./store.ts";
import { ProblemError, type OwnDevice, type Standing } from "./types.ts";

/** What the server answers to a device that was revoked. */
export const REVOKED = "device_revoked";

export class Device {
  readonly #standing: Signal<Standing> = signal({ kind: "browser" });
  #access: Access | undefined;
  #drained = false;

  constructor(
    readonly env: Env,
    readonly store: Store,
    readonly clock: Clock,
    readonly key: ClientKey,
    readonly http: Http,
  ) {}

  get standing(): ReadonlySignal<Standing> {
    return this.#standing;
  }

  get enrolled(): boolean {
    return this.#standing.value.kind !== "browser" && !this.#drained;
  }

  /** A revoked device that the server lets deliver nothing more. */
  get drained(): boolean {
    return this.#drained;
  }

  /** Whether an interview may be begun, as far as the device is concerned. */
  get usable(): boolean {
    const standing = this.#standing.value;
    return standing.kind === "active" && !standing.leaseOver;
  }

  async restore(): Promise<void> {
    const device = await this.store.kept("device");
    if (device) this.#stand(device);
  }

  /** Enrols with a code. A tablet that lost the reply asks again with the same key and gets the same device. */
  async enrol(code: string): Promise<void> {
    const device = await this.http.json<OwnDevice>({ method: "POST", path: "/v1/devices", body: { code } });
    await this.#take(device);
  }

  /** Asks the server. It is the only one that moves the lease and sets the clock. */
  async contact(): Promise<void> {
    await this.#take(await this.http.json<OwnDevice>({ method: "GET", path: "/v1/devices/current" }));
  }

  /** Looks at the lease by the clock. */
  look(): void {
    const standing = this.#standing.value;
    if (standing.kind !== "browser") this.#stand(standing.device);
  }

  /** The device's own access token: for the bundle, and to deliver what anybody here has finished. */
  async token(): Promise<string> {
    if (this.#access && this.#access.until > this.env.monotonic()) return this.#access.token;
    try {
      const body = { grant_type: "device" };
      const token = await this.http.json<Schema<"Token">>({ method: "POST", path: "/v1/auth/token", body });
      this.#access = accessOf(this.env, token);
      return this.#access.token;
    } catch (error) {
      const refused = error instanceof ProblemError && error.problem.code === REVOKED;
      if (refused && this.#standing.value.kind === "revoked") this.#drained = true;
      throw error;
    }
  }

  /** Forgets an access token that the server did not take. */
  spoil(token: string): void {
    if (this.#access?.token === token) this.#access = undefined;
  }

  async report(health: Schema<"DeviceHealth">): Promise<void> {
    await this.http.send({ method: "POST", path: "/v1/devices/current/health", body: health });
  }

  /** Becomes a browser like any other, after the storage was erased; a revoked tablet goes on saying what it is. */
  forget(): void {
    this.#access = undefined;
    this.#drained = true;
    if (this.#standing.value.kind !== "revoked") this.#standing.value = { kind: "browser" };
  }

  async #take(answered: OwnDevice): Promise<void> {
    await this.clock.set(Date.parse(answered.now));
    const pinned = await this.store.kept("trust");
    const trust = pinned ?? (answered.trust as JsonWebKey);
    const { crypto } = this.env;
    const device = {
      ...answered,
      trust: trust as OwnDevice["trust"],
      fingerprint: await fingerprint(crypto, await this.key.thumbprint(), await thumbprint(crypto, trust)),
    };
    await this.store.change(["kept"], async (change) => {
      const table = change.objectStore("kept");
      if (!pinned) await table.put(trust, "trust");
      await table.put(device, "device");
    });
    this.#stand(device);
  }

  #stand(device: OwnDevice): void {
    this.#drained &&= device.state === "revoked";
    const leaseOver = this.clock.now() > Date.parse(device.lease_until);
    const before = this.#standing.value;
    if (before.kind === device.state && before.device === device && before.leaseOver === leaseOver) return;
    if (before.kind !== device.state) this.#access = undefined; // it was given for another standing
    this.#standing.value = { kind: device.state, device, leaseOver };
  }
}
