import assert from "node:assert/strict";
import test from "node:test";

import type { Platform } from "../src/platform/index.ts";
import { problem } from "./server.ts";
import { dump, settled, signIn, Tablet } from "./tablet.ts";

/** A tablet that finished some interviews out of reach of the server. */
async function waiting(tablet: Tablet, interviews: number, size = 0): Promise<Platform> {
  const platform = await tablet.ready();
  tablet.server.offline = true;
  for (let n = 0; n < interviews; n++) {
    await platform.drafts().save({});
    await platform.drafts().finish({ instrument: "toy", number: n, note: "x".repeat(size) });
  }
  await settled();
  tablet.server.offline = false;
  tablet.server.asked.length = 0;
  return platform;
}

const batches = (tablet: Tablet): number[] =>
  tablet.server.asks("/v1/submissions").map(({ body }) => (body["items"] as unknown[]).length);

test("what waits is delivered while the tablet is locked, whoever finished it", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 3);
  assert.equal(platform.outbox.state.value.waiting, 3);
  assert.equal(platform.outbox.state.value.oldest, "2026-11-20");
  platform.lock();
  await platform.outbox.push();
  assert.equal(tablet.server.kept.size, 3);
  assert.equal(platform.outbox.state.value.waiting, 0);
  assert.equal(platform.outbox.state.value.oldest, undefined);
  assert.deepEqual((await dump()).filter(({ table }) => table === "outbox"), []);
});

test("batches hold at most a hundred interviews and 200 KiB", async () => {
  const tablet = await Tablet.new();
  const many = await waiting(tablet, 105);
  await many.outbox.push();
  assert.deepEqual(batches(tablet), [100, 5]);

  const other = await Tablet.new();
  const large = await waiting(other, 5, 60_000);
  await large.outbox.push();
  assert.deepEqual(batches(other), [2, 2, 1]);
  assert.equal(other.server.kept.size, 5);
});

test("lost replies double nothing: what was sent is sent again until its receipt comes", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 3);
  tablet.server.lose = ({ path }) => path === "/v1/submissions";
  await platform.outbox.push();
  assert.equal(tablet.server.kept.size, 3);
  assert.equal(platform.outbox.state.value.waiting, 3);
  tablet.server.lose = () => false;
  await platform.outbox.push();
  assert.equal(tablet.server.kept.size, 3);
  assert.equal(platform.outbox.state.value.waiting, 0);
});

test("waits grow from seconds to a quarter of an hour, and are given up for none", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 1);
  tablet.server.first = ({ path }) => (path === "/v1/submissions" ? problem(503, "unavailable") : undefined);
  await platform.outbox.push();
  const waits: number[] = [];
  for (let n = 0; n < 12; n++) {
    const wait = platform.outbox.state.value.nextTry! - platform.now();
    waits.push(Math.round(wait / 1000));
    const before = batches(tablet).length;
    await tablet.pass(wait);
    assert.ok(batches(tablet).length > before, "it is tried again");
  }
  // With a random number of one half a wait is three quarters of its longest. The first was after finishing out of reach.
  assert.deepEqual(waits.slice(0, 4), [8, 15, 30, 60]);
  assert.equal(waits.at(-1), 675);
  tablet.server.first = () => undefined;
  await tablet.pass(675_000);
  assert.equal(platform.outbox.state.value.waiting, 0);
  assert.equal(platform.outbox.state.value.nextTry, undefined);
});

test("a network that comes back is tried at once", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 1);
  tablet.events.dispatchEvent(new Event("online"));
  await settled();
  assert.equal(platform.outbox.state.value.waiting, 0);
  assert.ok(platform.outbox.state.value.lastContact);
});

test("two pushes at the same time send once", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 1);
  await Promise.all([platform.outbox.push(), platform.outbox.push()]);
  assert.deepEqual(batches(tablet), [1]);
});

test("an interview that is finished in the last moment of a delivery goes out right after it", async () => {
  const tablet = await Tablet.new();
  await waiting(tablet, 1);
  let last: (() => Promise<void>) | undefined;
  const request = async (...args: unknown[]): Promise<unknown> => {
    const result = await (args.at(-1) as (lock: object) => Promise<unknown>)({});
    const act = last;
    last = undefined;
    await act?.();
    return result;
  };
  const page = await tablet.page({ locks: { request } as unknown as LockManager });
  await tablet.unlock(page);
  await settled();
  await page.drafts().save({});
  last = () => page.drafts().finish({ instrument: "toy" });
  await page.outbox.push();
  await settled();
  assert.equal(tablet.server.kept.size, 2);
  assert.equal(page.outbox.state.value.waiting, 0);
});

const RECEIPTS = [
  { name: "stored", receipt: undefined, waiting: 0, rejected: 0 },
  { name: "quarantined", receipt: { status: "quarantined" }, waiting: 0, rejected: 0 },
  { name: "no consent to a record", receipt: { status: "rejected", problem: { code: "data_consent_missing" } }, waiting: 0, rejected: 0 },
  { name: "conflict", receipt: { status: "conflict", problem: { code: "submission_conflict", title: "t", detail: "d" } }, waiting: 0, rejected: 1 },
  { name: "rejected", receipt: { status: "rejected", problem: { code: "invalid", title: "t", detail: "d" } }, waiting: 0, rejected: 1 },
  { name: "a passing problem", receipt: { status: "rejected", problem: { code: "unavailable" } }, waiting: 1, rejected: 0 },
];
for (const { name, receipt, ...want } of RECEIPTS) {
  test(`receipt: ${name}`, async () => {
    const tablet = await Tablet.new();
    const platform = await waiting(tablet, 1);
    tablet.server.receipt = () => receipt;
    await platform.outbox.push();
    const { waiting: left, rejected } = platform.outbox.state.value;
    assert.deepEqual({ waiting: left, rejected: rejected.length }, want);
  });
}

test("one that has no receipt yet does not hold the others up", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 105);
  tablet.server.receipt = (_, { number }) => (number === 0 ? { status: "rejected", problem: { code: "internal" } } : undefined);
  await platform.outbox.push();
  assert.equal(tablet.server.kept.size, 104);
  assert.equal(platform.outbox.state.value.waiting, 1);
});

test("an interview that came back stays sealed until somebody has seen to it, also after a reload", async () => {
  const tablet = await Tablet.new();
  await waiting(tablet, 1).then((platform) => {
    tablet.server.receipt = () => ({ status: "rejected", problem: { code: "invalid", title: "A title", detail: "A detail" } });
    return platform.outbox.push();
  });
  const platform = await tablet.page();
  const [rejected] = platform.outbox.state.value.rejected;
  const { id, ...rest } = rejected!;
  assert.deepEqual(rest, { day: "2026-11-20", code: "invalid", title: "A title", detail: "A detail" });
  await platform.outbox.dismiss(id);
  assert.deepEqual(platform.outbox.state.value.rejected, []);
  assert.deepEqual((await dump()).filter(({ table }) => table === "returned"), []);
});

test("an interview whose author the server did not know goes out again when they sign in here", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 1);
  tablet.server.receipt = () => ({ status: "rejected", problem: { code: "author_unknown", title: "t", detail: "d" } });
  await platform.outbox.push();
  assert.equal(platform.outbox.state.value.rejected.length, 1);
  tablet.server.receipt = () => undefined;
  await signIn(platform, "malee");
  await settled();
  assert.equal(platform.outbox.state.value.rejected.length, 1, "somebody else signed in");
  await signIn(platform, "somchai");
  await settled();
  assert.equal(tablet.server.kept.size, 1);
  assert.deepEqual([platform.outbox.state.value.waiting, platform.outbox.state.value.rejected.length], [0, 0]);
});

test("a batch that the server cannot take is halved until the interview is found that it will not have", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 8);
  const bad = ((await dump()).filter(({ table }) => table === "outbox")[5]!.value as { id: string }).id;
  tablet.server.first = ({ path, body }) =>
    path === "/v1/submissions" && (body["items"] as { id: string }[]).some(({ id }) => id === bad)
      ? problem(400, "invalid")
      : undefined;
  await platform.outbox.push();
  assert.equal(tablet.server.kept.size, 7);
  assert.deepEqual(platform.outbox.state.value.rejected.map(({ id }) => id), [bad]);
});

test("what is sent is the sealed interview and who held it; the day stays here", async () => {
  const tablet = await Tablet.new();
  const platform = await waiting(tablet, 1);
  await platform.outbox.push();
  const [asked] = tablet.server.asks("/v1/submissions");
  const [item] = asked!.body["items"] as Record<string, unknown>[];
  assert.deepEqual(Object.keys(item!).sort(), ["author", "id", "sealed"]);
  assert.deepEqual(Object.keys(item!["sealed"] as object).sort(), ["ciphertext", "encapsulated", "key"]);
  assert.equal(item!["author"], "usr_0");
});
