// TAB-7: the page is killed at every step of finishing an interview. What was
// not committed then never was.

import assert from "node:assert/strict";
import test from "node:test";

import { dump, settled, Tablet } from "./tablet.ts";

/** Ends a page at its n-th step: a computation, a change of the database, or its commit. */
class Killer {
  #steps = 0;
  #at = Infinity;

  get dead(): boolean {
    return this.#steps >= this.#at;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Kills at that many steps from now. */
  arm(at: number): void {
    [this.#steps, this.#at] = [0, at];
  }

  disarm(): void {
    this.#at = Infinity;
  }

  step(): void {
    if (!this.dead) this.#steps++;
  }
}

const killer = new Killer();
const never = new Promise<never>(() => undefined);

/** Computations end with the page. */
const subtle = new Proxy(crypto.subtle, {
  get(target, name) {
    const method: unknown = Reflect.get(target, name);
    if (typeof method !== "function") return method;
    return (...args: unknown[]): unknown => {
      killer.step();
      return killer.dead ? never : (Reflect.apply(method, target, args) as unknown);
    };
  },
});
const mortal = { subtle, getRandomValues: crypto.getRandomValues.bind(crypto), randomUUID: crypto.randomUUID.bind(crypto) } as Crypto;

/** Before and after every request, and after every commit, is a step; changes that are open then are never committed. */
function watch(): void {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...args) {
    if (killer.dead) throw new Error("killed");
    const begun = transaction.apply(this, args);
    begun.addEventListener("complete", () => killer.step());
    return begun;
  };
  for (const name of ["put", "delete", "get"] as const) {
    const method = IDBObjectStore.prototype[name] as (...args: unknown[]) => IDBRequest;
    const mortalMethod = function (this: IDBObjectStore, ...args: unknown[]): IDBRequest {
      killer.step();
      const request = method.apply(this, args);
      const die = (): void => {
        if (killer.dead && this.transaction.mode === "readwrite") this.transaction.abort();
      };
      die();
      request.addEventListener("success", () => {
        killer.step();
        die();
      });
      return request;
    };
    Object.assign(IDBObjectStore.prototype, { [name]: mortalMethod });
  }
}

/** Kills a page at a step of finishing. Says how it was, or undefined when it finished before. */
async function killedAt(step: number): Promise<{ draft: unknown; outbox: number } | undefined> {
  const tablet = await Tablet.new();
  tablet.with(mortal);
  const first = await tablet.ready();
  const drafts = first.drafts<object>();
  await drafts.save({ a: 1 });
  tablet.server.offline = true;
  killer.arm(step);
  const finished = await Promise.race([
    drafts.finish({ instrument: "toy" }).then(() => true, () => false),
    settled().then(() => false),
  ]);
  const killed = killer.dead;
  await settled();
  killer.disarm();
  assert.equal(finished && !killed, !killed, "it finishes when it is not killed");

  const second = await tablet.page();
  await tablet.unlock(second);
  const draft = await second.drafts().load();
  const outbox = (await dump()).filter(({ table }) => table === "outbox").length;
  tablet.server.offline = false;
  await second.outbox.push();
  assert.equal(tablet.server.kept.size, outbox, "what is in the outbox can be delivered");
  return killed ? { draft, outbox } : undefined;
}

test("TAB-7: killed at any step of finishing, the draft or the sealed interview is there, never neither, never both", async () => {
  watch();
  const seen = new Set<string>();
  let step = 1;
  for (; ; step++) {
    const after = await killedAt(step);
    if (!after) break;
    const is = after.draft === undefined ? "sealed" : "draft";
    assert.equal(after.outbox, is === "sealed" ? 1 : 0, `killed at step ${step}`);
    if (is === "draft") assert.deepEqual(after.draft, { a: 1 });
    seen.add(is);
  }
  assert.deepEqual([...seen].sort(), ["draft", "sealed"], "some kills come before the commit, and some after");
  assert.ok(step > 30, `${step} steps; the kills say too little`);
});
