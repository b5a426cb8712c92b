import assert from "node:assert/strict";
import test from "node:test";
import { deflateSync, gzipSync } from "node:zlib";

import { RefusedError, type OpenDraft, type Platform } from "../src/platform/index.ts";
import type { StoredDraft, StoredUser } from "../src/platform/store.ts";
import { PASSWORDS } from "./server.ts";
import { dump, settled, signIn, Tablet } from "./tablet.ts";

const HOUR = 3_600_000;
const CANARY = "canary-7f3a-said-in-confidence";

const open = (platform: Platform): OpenDraft | undefined => platform.drafts().open.value;

test("a draft outlives the page, for whoever began it", async () => {
  const tablet = await Tablet.new();
  const first = await tablet.ready();
  await first.drafts<object>().save({ answers: { A01: ["taken"] } });

  const second = await tablet.page();
  assert.equal(open(second)?.mine, false, "nobody is unlocked");
  await assert.rejects(second.drafts().load(), new RefusedError("locked"));
  await tablet.unlock(second);
  assert.equal(open(second)?.mine, true);
  assert.deepEqual(await second.drafts().load(), { answers: { A01: ["taken"] } });
});

test("a draft is nobody else's, and anybody may discard it", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  const drafts = platform.drafts<object>();
  await drafts.save({ a: 1 });
  await signIn(platform, "malee");
  assert.equal(drafts.open.value?.mine, false);
  for (const act of [drafts.load(), drafts.save({ a: 2 }), drafts.finish({})]) {
    await assert.rejects(act, new RefusedError("not_yours"));
  }
  platform.lock();
  await assert.rejects(drafts.discard(), new RefusedError("locked"));
  await tablet.unlock(platform, "malee");
  await drafts.discard();
  assert.equal(open(platform), undefined);
  await drafts.save({ a: 3 });
  assert.equal(open(platform)?.mine, true);
});

test("a draft lives as long as the device's policy says, and no page brings it back", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  const drafts = platform.drafts<object>();
  await drafts.save({ a: 1 });
  await tablet.pass(12 * HOUR - 60_000);
  await drafts.save({ a: 2 });
  assert.ok(drafts.open.value, "saving does not prolong it, but it is not over yet");
  await tablet.pass(60_000);
  await assert.rejects(drafts.save({ a: 3 }), new RefusedError("no_draft"));
  await assert.rejects(drafts.finish({}), new RefusedError("no_draft"));
  assert.deepEqual((await dump()).filter(({ table }) => table === "drafts" || table === "outbox"), []);
});

test("a draft whose time is over is erased when the page is loaded, before anybody unlocks", async () => {
  const tablet = await Tablet.new();
  await (await tablet.ready()).drafts<object>().save({ a: 1 });
  tablet.clock += 13 * HOUR;
  await tablet.page();
  assert.deepEqual((await dump()).filter(({ table }) => table === "drafts"), []);
});

test("two pages: what one has finished the other cannot save again", async () => {
  const tablet = await Tablet.new();
  const one = await tablet.ready();
  await one.drafts<object>().save({ a: 1 });
  const two = await tablet.page();
  await tablet.unlock(two);
  await two.drafts().load();
  await one.drafts().finish({ instrument: "toy" });
  await settled();
  // To the other page it is gone, and it begins no new one with what it has on its screen.
  await assert.rejects(two.drafts().save({ a: 2 }), new RefusedError("no_draft"));
  await assert.rejects(two.drafts().finish({ instrument: "toy" }), new RefusedError("no_draft"));
});

test("finishing twice puts one interview into the outbox", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  tablet.server.offline = true;
  await platform.drafts().save({ a: 1 });
  const twice = await Promise.allSettled([platform.drafts().finish({}), platform.drafts().finish({})]);
  assert.deepEqual(twice.map(({ status }) => status), ["fulfilled", "rejected"]);
  assert.equal((await dump()).filter(({ table }) => table === "outbox").length, 1);
});

test("an interview that is finished can be read by the server, whole, under its id", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  await platform.drafts().save({ a: 1 });
  await platform.drafts().finish({ instrument: "toy", answers: { A01: ["taken"] } });
  await settled();
  const [[id, text]] = [...tablet.server.kept] as [[string, string]];
  assert.deepEqual(JSON.parse(text), { instrument: "toy", answers: { A01: ["taken"] }, id });
  assert.equal(text.length % 1024, 0, "its length does not tell how much was said");
});

/** Every form in which a text may lie in a storage. */
function forms(text: string): Buffer[] {
  const utf8 = Buffer.from(text);
  // A text in the middle of base64 begins at one of three places in a group.
  const base64 = [0, 1, 2].map((skip) => Buffer.from(utf8.subarray(skip, skip + 18).toString("base64")));
  return [utf8, Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16(), ...base64, Buffer.from(utf8.toString("hex"))];
}

/** Everything that lies in the database, as bytes; compressed parts unpacked would be found too, as there are none. */
async function everything(): Promise<{ bytes: Buffer; keys: CryptoKey[] }> {
  const keys: CryptoKey[] = [];
  const parts: Buffer[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof CryptoKey) keys.push(value);
    else if (value instanceof ArrayBuffer) parts.push(Buffer.from(value));
    else if (ArrayBuffer.isView(value)) parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    else if (typeof value === "object" && value !== null) Object.entries(value).flat().forEach(walk);
    else parts.push(Buffer.from(String(value)), Buffer.from(String(value), "utf16le"));
  };
  (await dump()).forEach(walk);
  return { bytes: Buffer.concat(parts), keys };
}

async function filled(tablet: Tablet, interviews: number): Promise<Platform> {
  const platform = await tablet.ready();
  tablet.server.offline = true;
  const drafts = platform.drafts<object>();
  for (let n = 0; n < interviews; n++) {
    await drafts.save({ note: `${CANARY}-${n}`, case_reference: CANARY });
    await drafts.finish({ instrument: "toy", case_reference: `${CANARY}-${n}` });
  }
  await drafts.save({ note: CANARY });
  return platform;
}

test("TAB-1: no storage holds what was said, in any form", async () => {
  const tablet = await Tablet.new();
  await filled(tablet, 50);
  const { bytes } = await everything();
  assert.ok(bytes.length > 50_000, "the dump holds the interviews");
  for (const secret of [CANARY, ...Object.values(PASSWORDS), "somchai", "refresh-"]) {
    for (const [n, form] of forms(secret).entries()) assert.equal(bytes.indexOf(form), -1, `${secret}, form ${n}`);
  }
  for (const packed of [gzipSync(CANARY), deflateSync(CANARY)]) assert.equal(bytes.indexOf(packed.subarray(10, -8)), -1);
  assert.notEqual(bytes.indexOf("2026q4"), -1, "the search finds what is there");
});

test("TAB-2: with the whole storage and the officer's password the outbox stays shut", async () => {
  const tablet = await Tablet.new();
  await filled(tablet, 2);
  const { keys } = await everything();
  assert.ok(keys.length > 0);
  for (const key of keys) {
    if (key.type !== "public") assert.equal(key.extractable, false, JSON.stringify(key.algorithm));
    assert.deepEqual(key.usages.filter((use) => use !== "sign" && use !== "verify"), [], "no key agrees, unwraps or decrypts");
  }
  // What the password opens: the officer's own credential and the one draft.
  const outbox = (await dump()).filter(({ table }) => table === "outbox");
  const password = await crypto.subtle.importKey("raw", Buffer.from(PASSWORDS["somchai"]!), "PBKDF2", false, ["deriveKey"]);
  const [user] = (await dump()).filter(({ table }) => table === "users").map(({ value }) => value as { salt: Uint8Array<ArrayBuffer> });
  const by = { name: "PBKDF2", hash: "SHA-256", salt: user!.salt, iterations: 600_000 };
  const own = await crypto.subtle.deriveKey(by, password, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  for (const { value } of outbox) {
    const { id, sealed } = value as { id: string; sealed: { ciphertext: string } };
    const iv = new Uint8Array(12);
    const cipher = { name: "AES-GCM", iv, additionalData: Buffer.from(id) };
    await assert.rejects(crypto.subtle.decrypt(cipher, own, Buffer.from(sealed.ciphertext, "base64url")));
  }
});

test("TAB-3: whoever has the storage and guesses the password reads the one open draft, at 600,000 rounds a guess", async () => {
  const tablet = await Tablet.new();
  await filled(tablet, 1);
  const stored = (table: string) => dump().then((all) => all.filter((entry) => entry.table === table).map(({ value }) => value));
  const [draft] = (await stored("drafts")) as [StoredDraft];
  const [{ salt }] = (await stored("users")) as [StoredUser];
  const password = await crypto.subtle.importKey("raw", Buffer.from(PASSWORDS["somchai"]!), "PBKDF2", false, ["deriveKey"]);
  const guess = async (iterations: number): Promise<string> => {
    const by = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
    const aes = { name: "AES-GCM", length: 256 };
    const own = await crypto.subtle.deriveKey(by, password, aes, false, ["unwrapKey"]);
    const cipher = (iv: Uint8Array<ArrayBuffer>) => ({ ...aes, iv, additionalData: Buffer.from(`waymark/draft/1\0${draft.id}`) });
    const key = await crypto.subtle.unwrapKey("raw", draft.wrapped, own, cipher(draft.wrapIv), aes, false, ["decrypt"]);
    return Buffer.from(await crypto.subtle.decrypt(cipher(draft.iv), key, draft.sealed)).toString();
  };
  await assert.rejects(guess(599_999));
  assert.equal(await guess(600_000), JSON.stringify({ note: CANARY }));
});

test("TAB-8: another intake key, on the way or in the storage, is refused", async () => {
  const tablet = await Tablet.new();
  const { server } = tablet;
  const platform = await tablet.ready();
  const other = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const attacker = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);

  // On the way: a key of the attacker's, signed by themselves, with their trust key beside it.
  Object.assign(server, { intake: other, intakeSigner: attacker, trust: attacker });
  server.publish("anew");
  await platform.contact();
  await assert.rejects(platform.bundles.sync([]), new RefusedError("no_intake_key"));
  assert.equal(platform.bundles.state.value.problem, "no_intake_key");

  // In the storage: the statement is exchanged under a bundle that was taken before.
  const drafts = platform.drafts<object>();
  await drafts.save({ a: 1 });
  const statement = await server.statement();
  await edit("bundle", "core", (core) => {
    const content = JSON.parse((core as { body: string }).body) as object;
    return { ...(core as object), body: JSON.stringify({ ...content, intake: statement }) };
  });
  const again = await tablet.page();
  await tablet.unlock(again);
  await assert.rejects(again.drafts().finish({ instrument: "toy" }), new RefusedError("no_intake_key"));
  assert.deepEqual(await again.drafts().load(), { a: 1 });
  assert.equal(again.outbox.state.value.waiting, 0);
});

test("an intake key that has run out begins no interview, and finishes the one that is open", async () => {
  const tablet = await Tablet.new();
  tablet.server.expires = "2026-11-20";
  const platform = await tablet.ready();
  const drafts = platform.drafts<object>();
  tablet.clock += 15 * HOUR;
  await drafts.save({ a: 1 });
  tablet.clock += 2 * HOUR;
  await drafts.finish({ instrument: "toy" });
  await assert.rejects(drafts.save({ a: 2 }), new RefusedError("no_intake_key"));
});

/** Changes a value in the database from outside. */
async function edit(table: string, key: string, change: (value: unknown) => unknown): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open("waymark");
    request.onerror = () => reject(new Error("the database does not open"));
    request.onsuccess = () => {
      const transaction = request.result.transaction(table, "readwrite");
      const store = transaction.objectStore(table);
      const read = store.get(key);
      read.onsuccess = () => store.put(change(read.result));
      transaction.oncomplete = () => resolve(request.result.close());
    };
  });
}
