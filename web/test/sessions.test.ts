import assert from "node:assert/strict";
import test from "node:test";

import { OfflineError, ProblemError, RefusedError, type Platform } from "../src/platform/index.ts";
import { PASSWORDS, problem } from "./server.ts";
import { settled, signIn, Tablet } from "./tablet.ts";

const MINUTE = 60_000;

const who = (platform: Platform): Promise<{ who: string }> => platform.api.get("/v1/who");

test("an officer unlocks without a network, and their first call refreshes the sign-in", async () => {
  const tablet = await Tablet.new();
  await tablet.ready();
  const platform = await tablet.page();
  assert.equal(await platform.knownHere(), true);
  tablet.server.offline = true;
  const session = await tablet.unlock(platform);
  assert.deepEqual(session, { ref: "usr_0", role: "officer", agency: "mekong", sites: ["mae-sot"], offline: true });
  await assert.rejects(who(platform), OfflineError);
  tablet.server.offline = false;
  assert.deepEqual(await who(platform), { who: "somchai" });
  assert.equal(platform.session.value?.offline, false);
});

test("a wrong password and an unknown name are told apart by nothing", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  platform.lock();
  await assert.rejects(platform.unlock("somchai", "wrong"), new RefusedError("wrong"));
  await assert.rejects(platform.unlock("nobody", "wrong"), new RefusedError("wrong"));
  assert.equal(platform.session.value, undefined);
});

test("a name is taken as the server takes it", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  platform.lock();
  const session = await platform.unlock("  SomChai ", PASSWORDS["somchai"]!);
  assert.equal(session.ref, "usr_0");
});

test("every further wrong try takes longer, also after a reload, until one is right", async () => {
  const tablet = await Tablet.new();
  const first = await tablet.ready();
  for (let n = 0; n < 3; n++) await assert.rejects(first.unlock("somchai", "wrong"));
  const platform = await tablet.page();
  let opened = false;
  const waiting = platform.unlock("somchai", PASSWORDS["somchai"]!).then(() => (opened = true));
  await settled();
  await tablet.timers.pass(999);
  assert.equal(opened, false);
  await tablet.timers.pass(1);
  await waiting;
  platform.lock();
  await platform.unlock("somchai", PASSWORDS["somchai"]!);
});

test("a locked page holds no key and calls nothing", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  platform.lock();
  await assert.rejects(who(platform), new RefusedError("locked"));
  await assert.rejects(platform.drafts().save({}), new RefusedError("locked"));
});

test("the reply to a refresh is lost: the same request with the same key goes out until one comes, also after a reload", async () => {
  const tablet = await Tablet.new();
  const first = await tablet.ready();
  const { server } = tablet;
  await tablet.pass(6 * MINUTE);
  server.lose = ({ body }) => body["grant_type"] === "refresh_token";
  await assert.rejects(who(first), OfflineError);
  await assert.rejects(who(first), OfflineError);
  const second = await tablet.page();
  await tablet.unlock(second);
  server.lose = () => false;
  assert.deepEqual(await who(second), { who: "somchai" });
  const refreshes = server.asked.filter(({ body, claims }) => body["grant_type"] === "refresh_token" && claims["nonce"] === server.nonce);
  assert.equal(refreshes.length, 3);
  assert.equal(new Set(refreshes.map(({ headers }) => headers.get("Idempotency-Key"))).size, 1);
  assert.equal(new Set(refreshes.map(({ body }) => body["refresh_token"])).size, 1);

  await tablet.pass(6 * MINUTE);
  assert.deepEqual(await who(second), { who: "somchai" });
  const [last] = server.asked.filter(({ body }) => body["grant_type"] === "refresh_token").slice(-1);
  assert.notEqual(last?.headers.get("Idempotency-Key"), refreshes[0]?.headers.get("Idempotency-Key"));
});

test("calls at the same time refresh once", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  await tablet.pass(6 * MINUTE);
  tablet.server.asked.length = 0;
  await Promise.all([who(platform), who(platform), who(platform)]);
  assert.equal(tablet.server.asked.filter(({ body }) => body["grant_type"] === "refresh_token").length, 1);
});

test("a token that the server does not take is replaced once", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  tablet.server.now += 10 * MINUTE; // to the tablet it is still good
  assert.deepEqual(await who(platform), { who: "somchai" });
});

test("a sign-in that the server has ended leaves the officer at work, and asks for the password before the next call", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  await platform.drafts().save({ a: 1 });
  await tablet.pass(6 * MINUTE);
  const taken = tablet.server.asked.length;
  // Somebody else used the refresh token.
  tablet.server.first = ({ body }) => (body["grant_type"] === "refresh_token" ? problem(401, "wrong_refresh_token") : undefined);
  for (let n = 0; n < 2; n++) {
    await assert.rejects(who(platform), (error) => error instanceof ProblemError && error.problem.code === "wrong_refresh_token");
  }
  assert.equal(tablet.server.asked.length, taken + 1, "a refused token is not sent again");
  assert.equal(platform.session.value?.offline, true);
  platform.lock();
  await tablet.unlock(platform);
  assert.deepEqual(await platform.drafts().load(), { a: 1 });
  await signIn(platform, "somchai");
  assert.deepEqual(await who(platform), { who: "somchai" });
});

test("signing in again with the same password keeps the draft; with another one it is erased", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  await platform.drafts().save({ a: 1 });
  await signIn(platform, "somchai");
  assert.deepEqual(await platform.drafts().load(), { a: 1 });
  const passwords = PASSWORDS as Record<string, string>;
  const before = passwords["somchai"]!;
  passwords["somchai"] = "another one altogether";
  try {
    await signIn(platform, "somchai");
  } finally {
    passwords["somchai"] = before;
  }
  assert.equal(platform.drafts().open.value, undefined);
});

test("whoever signs out is forgotten here, and their sign-in ends", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  await platform.drafts().save({ a: 1 });
  await platform.signOut();
  assert.equal(platform.session.value, undefined);
  assert.equal(platform.drafts().open.value, undefined);
  assert.equal(await platform.knownHere(), false);
  assert.equal(tablet.server.asks("/v1/auth/revoke").length, 1);
  await assert.rejects(platform.unlock("somchai", PASSWORDS["somchai"]!), new RefusedError("wrong"));
});

test("a browser that is no tablet keeps nothing of who signed in", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.page();
  await signIn(platform, "malee");
  assert.deepEqual(await who(platform), { who: "malee" });
  assert.equal(await platform.knownHere(), false);
  await assert.rejects(platform.drafts().save({}), new RefusedError("not_active"));
  await tablet.pass(6 * MINUTE);
  assert.deepEqual(await who(platform), { who: "malee" }, "refreshed from memory");
  assert.equal((await tablet.page()).session.value, undefined);
});
