import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { fingerprint, thumbprint } from "../src/platform/fingerprint.ts";
import { OfflineError, ProblemError, RefusedError, type Platform } from "../src/platform/index.ts";
import { problem } from "./server.ts";
import { dump, left, settled, signIn, Tablet } from "./tablet.ts";

const DAY = 86_400_000;
const kind = (platform: Platform): string => platform.standing.value.kind;

test("a tablet enrols, waits to be confirmed, and works after it", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.page();
  assert.equal(kind(platform), "browser");
  await platform.enrol("CODE-ONE");
  assert.equal(kind(platform), "pending");
  await assert.rejects(platform.unlock("somchai", "x"), new RefusedError("not_active"));
  tablet.server.device().state = "active";
  await platform.contact();
  assert.equal(kind(platform), "active");
  assert.equal(kind(await tablet.page()), "active", "after a reload");
});

test("a tablet that lost the reply to its enrolment asks again with the same key", async () => {
  const tablet = await Tablet.new();
  tablet.server.lose = () => true;
  await assert.rejects((await tablet.page()).enrol("CODE-ONE"), OfflineError);
  tablet.server.lose = () => false;
  const platform = await tablet.page();
  await platform.enrol("CODE-ONE");
  assert.equal(kind(platform), "pending");
  assert.equal(new Set(tablet.server.asked.map(({ jkt }) => jkt)).size, 1);
});

test("a request whose nonce is old is sent once more with the newest, and a third time never", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.enrolled();
  const { server } = tablet;
  server.nonce = "nonce-2";
  server.asked.length = 0;
  await platform.contact();
  assert.deepEqual(server.asks("/v1/devices/current").map(({ claims }) => claims["nonce"]), ["nonce-1", "nonce-2"]);

  server.asked.length = 0;
  server.first = () => problem(401, "dpop_nonce_needed");
  await assert.rejects(platform.contact(), ProblemError);
  assert.equal(server.asked.length, 2);
});

test("a page in the place of an answer is no answer", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.enrolled();
  for (const [kind, body] of [["text/html", "<h1>Sign in to this network</h1>"], ["application/json", '{"id":"dev']] as const) {
    tablet.server.first = () => new Response(body, { headers: { "Content-Type": kind } });
    await assert.rejects(platform.contact(), OfflineError, kind);
  }
  tablet.server.first = () => new Response("bad gateway", { status: 502 });
  await assert.rejects(platform.contact(), OfflineError);
  assert.equal(kind(platform), "active");
});

test("the trust key of enrolment is kept, whatever key is answered later", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.enrolled();
  const before = platform.standing.value;
  tablet.server.trust = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  await platform.contact();
  const after = platform.standing.value;
  assert.ok(before.kind === "active" && after.kind === "active");
  assert.deepEqual(after.device.trust, before.device.trust);
});

test("a tablet works its fingerprint out by itself, of its own key and the trust key that it was handed", async () => {
  // Of the thumbprints of RFC 7638 and RFC 8037, as the server does it.
  const [own, trust] = ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"];
  const sum = createHash("sha256").update(own + trust).digest().readBigUInt64BE();
  const digits = String(sum % 10n ** 12n).padStart(12, "0");
  assert.equal((await fingerprint(crypto, own, trust)).replaceAll(" ", ""), digits);
  assert.match(await fingerprint(crypto, own, trust), /^\d{4} \d{4} \d{4}$/);

  const shown = async (tablet: Tablet): Promise<string> => {
    const { standing } = await tablet.enrolled();
    return standing.value.kind === "browser" ? "" : standing.value.device.fingerprint;
  };
  const tablet = await Tablet.new();
  const first = await shown(tablet);
  assert.notEqual(first, "1234 5678 9012", "what the server says it is");
  const { jkt } = tablet.server.asked[0]!;
  const key = await thumbprint(crypto, await crypto.subtle.exportKey("jwk", tablet.server.trust.publicKey));
  assert.equal(first, await fingerprint(crypto, jkt, key));
});

test("without contact for as long as the lease the tablet begins nothing, drops its draft, and keeps what is sealed", async () => {
  const tablet = await Tablet.new();
  tablet.server.policy = { ...tablet.server.policy, draft: 30 * 86400 };
  const platform = await tablet.ready();
  tablet.server.offline = true;
  const drafts = platform.drafts<object>();
  await drafts.save({ a: 1 });
  await drafts.finish({ instrument: "toy" });
  await drafts.save({ a: 2 });
  await tablet.pass(7 * DAY - 60_000);
  assert.ok(drafts.open.value);
  await tablet.pass(120_000);
  assert.equal(drafts.open.value, undefined);
  await assert.rejects(drafts.save({ a: 3 }), new RefusedError("no_draft"));
  assert.equal(await drafts.load(), undefined);
  await assert.rejects(drafts.save({ a: 3 }), new RefusedError("lease_over"));
  assert.equal(platform.outbox.state.value.waiting, 1);

  tablet.server.offline = false;
  await platform.contact();
  await settled();
  await drafts.save({ a: 4 });
  assert.equal(platform.outbox.state.value.waiting, 0);
});

test("turning the clock back neither stretches the lease nor a draft", async () => {
  for (const reload of [false, true]) {
    const tablet = await Tablet.new();
    let platform = await tablet.ready();
    const drafts = platform.drafts<object>();
    await drafts.save({ a: 1 });
    tablet.server.offline = true;
    await tablet.pass(11 * 3_600_000);
    tablet.clock -= 3 * DAY;
    if (reload) platform = await tablet.page();
    assert.ok(platform.drafts().open.value, "eleven hours are not twelve");
    await tablet.pass(3_660_000);
    assert.equal(platform.drafts().open.value, undefined, `reload: ${reload}`);
    for (let day = 0; day < 7; day++) {
      tablet.clock -= 30 * DAY;
      await tablet.pass(DAY);
    }
    const { value } = platform.standing;
    assert.ok(value.kind === "active" && value.leaseOver, `reload: ${reload}`);
  }
});

test("TAB-6: a revoked tablet erases what it can read at once, delivers what is sealed, and then erases the rest", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  const drafts = platform.drafts<object>();
  tablet.server.offline = true;
  await drafts.save({ a: 1 });
  await drafts.finish({ instrument: "toy" });
  await drafts.save({ a: 2 });
  await settled();
  tablet.server.device().state = "revoked";
  tablet.server.offline = false;
  // Its replies do not come: what is sealed has to wait, what can be read does not.
  tablet.server.lose = ({ path }) => path === "/v1/submissions";
  await platform.contact();
  assert.equal(platform.session.value, undefined);
  assert.deepEqual([...new Set((await dump()).map(({ table }) => table))].sort(), ["kept", "outbox"]);

  tablet.server.lose = () => false;
  await tablet.pass(10_000);
  assert.equal(tablet.server.kept.size, 1);
  assert.deepEqual(await left(), []);
  assert.equal(kind(platform), "revoked");
  assert.equal(kind(await tablet.page()), "browser");
});

test("TAB-6: a revoked tablet that may deliver nothing more erases what is left", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  tablet.server.offline = true;
  await platform.drafts().save({ a: 1 });
  await platform.drafts().finish({ instrument: "toy" });
  await settled();
  Object.assign(tablet.server.device(), { state: "revoked", drains: 0 });
  tablet.server.offline = false;
  await tablet.pass(600_000); // it had a token of its own for five minutes
  assert.deepEqual(await left(), []);
});

test("any answer may tell that the tablet was revoked", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  tablet.server.device().state = "revoked";
  await assert.rejects(platform.api.get("/v1/who"), ProblemError);
  await settled();
  assert.equal(kind(platform), "revoked");
  assert.equal(await platform.knownHere(), false);
});

test("after each contact the server learns how much waits, and nothing else", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.enrolled();
  await signIn(platform, "somchai");
  await platform.contact();
  const health = tablet.server.health.at(-1);
  assert.deepEqual(health, { waiting: 0, rejected: 0, persistent: false, app: "development", languages: ["en", "th"] });
});
