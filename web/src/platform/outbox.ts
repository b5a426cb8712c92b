// The finished interviews that wait to be delivered. They go out with the
// device's own token, so that it does not matter who is unlocked or whether
// anybody is. Only a receipt takes one out.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

import { asking, type Tokens } from "./api.ts";
import type { Clock } from "./clock.ts";
import type { Schema } from "./contract.ts";
import { ifFree, type Env } from "./env.ts";
import type { Http } from "./http.ts";
import type { Returned, Store, Waiting } from "./store.ts";
import { ProblemError, type Outbox, type OutboxState, type Problem } from "./types.ts";

type Receipt = Schema<"Receipt">;

/** What one request may hold. The server takes 256 KiB. */
const MOST_ITEMS = 100;
const MOST_BYTES = 200 << 10;

/** The first wait after a failure; every further one is twice as long, up to the longest. */
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 15 * 60_000;

/** The person did not agree that a record is kept: scored, and settled. */
const NOTHING_KEPT = "data_consent_missing";

/** Whoever held the interview has not signed in on this tablet, as far as the server knows. */
const AUTHOR_UNKNOWN = "author_unknown";

/** Problems of the server's own, with one interview or with all; it is asked again. */
const PASSING: ReadonlySet<string> = new Set(["unavailable", "timeout", "request_timeout", "internal", "too_many_attempts"]);

/** Problems with what was sent. */
const OURS: ReadonlySet<number> = new Set([400, 413, 422]);

export class Deliveries implements Outbox {
  readonly #state: Signal<OutboxState> = signal({ waiting: 0, sending: false, rejected: [] });
  #failures = 0;
  /** A push was asked for while one was under way. */
  #wanted = false;
  #cancel: (() => void) | undefined;

  constructor(
    readonly env: Env,
    readonly store: Store,
    readonly clock: Clock,
    readonly http: Http,
    readonly tokens: Tokens,
    /** Whether the server may take anything from this device. */
    readonly allowed: () => boolean,
    /** Told after every push. */
    readonly onPushed: () => Promise<void>,
  ) {}

  get state(): ReadonlySignal<OutboxState> {
    return this.#state;
  }

  async restore(): Promise<void> {
    await this.#count();
    const lastContact = await this.store.kept("lastContact");
    if (lastContact !== undefined) this.#state.value = { ...this.#state.value, lastContact };
  }

  /** A server answered: remembers when. */
  async heard(): Promise<void> {
    const lastContact = this.clock.now();
    this.#state.value = { ...this.#state.value, lastContact };
    await this.store.keep("lastContact", lastContact);
  }

  async push(): Promise<void> {
    if (!this.allowed()) return;
    if (this.#state.value.sending) {
      this.#wanted = true;
      return;
    }
    this.#wanted = false;
    this.#quiet();
    this.#state.value = { ...this.#state.value, sending: true };
    let failed = false;
    try {
      await this.#count();
      await ifFree(this.env, "waymark-outbox", () => this.#deliver());
    } catch {
      failed = true; // what is waiting tells it, and it is tried again
    }
    this.#failures = failed ? this.#failures + 1 : 0;
    this.#state.value = { ...this.#state.value, sending: false };
    try {
      await this.#count();
      await this.onPushed();
    } catch {
      failed = true;
    }
    if (failed && this.allowed()) this.#again();
    else if (this.#wanted) await this.push();
  }

  async dismiss(id: string): Promise<void> {
    await this.store.change(["returned"], (change) => change.objectStore("returned").delete(id));
    await this.#count();
  }

  /** Sends again what came back because the server did not know its author here, who has now signed in. */
  async resend(author: string): Promise<void> {
    const unknown = await this.store.change(["outbox", "returned"], async (change) => {
      const returned = (await change.objectStore("returned").getAll()).filter(
        ({ item, problem }) => item.author === author && problem.code === AUTHOR_UNKNOWN,
      );
      for (const { id, item } of returned) {
        await change.objectStore("returned").delete(id);
        await change.objectStore("outbox").put(item);
      }
      return returned.length;
    });
    if (unknown > 0) await this.push();
  }

  /** Calls off the next try. */
  #quiet(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const { nextTry: _, ...rest } = this.#state.value;
    this.#state.value = rest;
  }

  async #deliver(): Promise<void> {
    for (;;) {
      const batch = await this.#next();
      if (batch.length === 0) return;
      await this.#send(batch);
    }
  }

  /** The oldest items, as many as fit. Ids begin with the time. */
  async #next(): Promise<Waiting[]> {
    const items = await this.store.db.getAll("outbox", null, MOST_ITEMS);
    let bytes = 0;
    const fit = items.findIndex((item) => (bytes += JSON.stringify(wire(item)).length + 1) > MOST_BYTES);
    return fit < 0 ? items : items.slice(0, Math.max(1, fit));
  }

  /** Sends a batch; one that the server cannot take is halved until the item is found that it will not have. */
  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#settle(batch, await this.#receipts(batch));
    } catch (error) {
      if (!(error instanceof ProblemError) || !OURS.has(error.problem.status)) throw error;
      if (batch.length === 1) return this.#return(batch[0]!, error.problem);
      const half = Math.ceil(batch.length / 2);
      await this.#send(batch.slice(0, half));
      await this.#send(batch.slice(half));
    }
    await this.#count();
  }

  async #receipts(batch: readonly Waiting[]): Promise<readonly Receipt[]> {
    const body = { items: batch.map(wire) };
    const { receipts } = await asking(this.tokens, (token) =>
      this.http.json<Schema<"ReceiptList">>({ method: "POST", path: "/v1/submissions", body, token }),
    );
    await this.heard();
    return receipts;
  }

  async #settle(batch: readonly Waiting[], receipts: readonly Receipt[]): Promise<void> {
    const byID = new Map(receipts.map((receipt) => [receipt.id, receipt]));
    let settled = 0;
    await this.store.change(["outbox", "returned"], async (change) => {
      for (const item of batch) {
        const receipt = byID.get(item.id);
        if (!receipt || (receipt.problem && PASSING.has(receipt.problem.code))) continue;
        settled++;
        await change.objectStore("outbox").delete(item.id);
        const problem = complaint(receipt);
        if (problem) await change.objectStore("returned").put({ id: item.id, item, problem });
      }
    });
    if (settled === 0) throw new Error("none has a receipt yet");
  }

  async #return(item: Waiting, problem: Problem): Promise<void> {
    await this.store.change(["outbox", "returned"], async (change) => {
      await change.objectStore("outbox").delete(item.id);
      await change.objectStore("returned").put({ id: item.id, item, problem: brief(problem) });
    });
  }

  #again(): void {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#failures - 1));
    const wait = longest / 2 + (longest / 2) * this.env.random();
    this.#state.value = { ...this.#state.value, nextTry: this.clock.now() + wait };
    this.#cancel = this.env.after(wait, () => void this.push());
  }

  /** Counts what waits, which another page may have changed. */
  async #count(): Promise<void> {
    const [waiting, [first], returned] = await Promise.all([
      this.store.db.count("outbox"),
      this.store.db.getAll("outbox", null, 1),
      this.store.db.getAll("returned"),
    ]);
    const { oldest: _, ...rest } = this.#state.value;
    const rejected = returned.map(({ item, problem }) => ({ id: item.id, day: item.day, ...problem }));
    this.#state.value = { ...rest, waiting, rejected, ...(first ? { oldest: first.day } : {}) };
  }
}

/** An item as the contract has it. The day stays here. */
const wire = ({ id, author, sealed }: Waiting): Schema<"SealedSubmission"> => ({ id, author, sealed });

const brief = ({ code, title, detail }: Problem): Returned["problem"] => ({ code, title, detail });

/** What is wrong with an interview; undefined when it is settled. */
function complaint({ status, problem }: Receipt): Returned["problem"] | undefined {
  if (status === "stored" || status === "duplicate" || status === "quarantined") return undefined;
  if (problem?.code === NOTHING_KEPT) return undefined;
  return problem ? brief(problem) : { code: status, title: "", detail: "" };
}
