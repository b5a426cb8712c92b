// TAB-1, TAB-2, TAB-4: whoever takes the tablet, or the disk of the server,
// reads nothing of what was finished.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { gunzipSync } from "node:zlib";

import type { Page } from "playwright-core";

import { Tablet } from "./browser.ts";
import { interview, openingYes, records, seal, setUp } from "./officer.ts";
import { Network, Server } from "./server.ts";

/** How many interviews are held, each with a mark of its own. */
const MANY = 12;

let server: Server;
let network: Network;

before(async () => {
  server = await Server.start();
  network = await Network.before(server);
});
afterEach(() => network.fair());
after(async () => {
  await network.close();
  await server.stop();
});

/** Every form in which a text may stand somewhere. */
function forms(mark: string): Buffer[] {
  const bytes = Buffer.from(mark);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    return Buffer.from(text.slice(shift === 0 ? 0 : 4, -4)); // what does not depend on what stands around it
  });
  return [bytes, Buffer.from(mark, "utf16le"), Buffer.from(bytes.toString("hex")), ...base64];
}

/** Files below a folder, compressed ones opened too. */
async function* files(folder: string): AsyncGenerator<{ name: string; bytes: Buffer }> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const name = join(entry.parentPath, entry.name);
    const bytes = await readFile(name).catch(() => Buffer.alloc(0));
    yield { name, bytes };
    for (let at = bytes.indexOf("1f8b08", 0, "hex"); at >= 0; at = bytes.indexOf("1f8b08", at + 1, "hex")) {
      try {
        yield { name: `${name}@${at}`, bytes: gunzipSync(bytes.subarray(at)) };
      } catch {
        // it only looked like the beginning of a compressed stream
      }
    }
  }
}

/** Everything the page can read of what is kept: databases, caches, local storage. */
async function dump(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const out: string[] = [];
    const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
    const tell = (value: unknown, deep = 0): void => {
      if (deep > 8) return;
      if (typeof value === "string") out.push(value);
      else if (value instanceof ArrayBuffer) tell(new Uint8Array(value), deep);
      else if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        out.push(hex(bytes), new TextDecoder("latin1").decode(bytes));
      } else if (value instanceof CryptoKey) out.push(`key ${value.type} ${value.extractable && value.type !== "public" ? "EXTRACTABLE" : "kept"} ${value.algorithm.name}`);
      else if (value && typeof value === "object") for (const v of Object.values(value)) tell(v, deep + 1);
      else out.push(String(value));
    };
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open(name!);
        opening.onsuccess = () => resolve(opening.result);
      });
      for (const table of db.objectStoreNames) {
        const all = db.transaction(table).objectStore(table).getAll();
        await new Promise((resolve) => (all.onsuccess = resolve));
        out.push(`[${table} ${all.result.length}]`);
        tell(all.result);
      }
      db.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        out.push(request.url, await (await cache.match(request))!.text());
      }
    }
    for (const storage of [localStorage, sessionStorage]) for (const key of Object.keys(storage)) out.push(key, storage.getItem(key) ?? "");
    out.push(location.href, document.cookie);
    return out.join("\n");
  });
}

test("nothing of what was finished can be read on the tablet, in any form, and no key there opens it", async () => {
  const tablet = await Tablet.new(network.origin);
  const page = await setUp(server, tablet, "caseworker");
  network.down();
  const marks: string[] = [];
  for (let n = 0; n < MANY; n++) {
    const mark = `CANARY${n}${crypto.randomUUID().replaceAll("-", "").toUpperCase()}`;
    marks.push(mark);
    await page.locator('.tile[data-instrument="screen-fc"]').click();
    await page.locator("input[dir=ltr]").last().fill(mark);
    await page.locator("#begin-interview").click();
    await openingYes(page);
    await interview(page, { B01: ["30_47"], I01: ["no"], I02: ["no"], I04: ["no"], J03: ["no"] }, { questions: 2 });
    if (n === 0) assert.ok((await dump(page)).includes("[drafts 1]"), "the dump does not see the draft");
    await seal(page);
  }
  const kept = await dump(page);
  assert.ok(kept.includes(`[outbox ${MANY}]`), "the dump does not see the outbox");
  assert.ok(!kept.includes("EXTRACTABLE"), "a key can be taken out");
  assert.doesNotMatch(kept, /key private kept ECDH/, "a key that could open what is sealed");
  for (const mark of marks) {
    for (const form of forms(mark)) assert.ok(!kept.includes(form.toString("latin1")), `the page can read ${mark}`);
  }
  await tablet.close();
  let looked = 0;
  for await (const { name, bytes } of files(tablet.profile)) {
    looked++;
    for (const mark of marks) {
      for (const form of forms(mark)) assert.ok(!bytes.includes(form), `${mark} stands in ${name}`);
    }
  }
  assert.ok(looked > 50, `${looked} files were looked at; the browser writes more`);

  network.fair();
  const again = await tablet.open();
  await again.locator("#sign-in").waitFor(); // it delivers while it is locked
  await records(network, MANY);
  for await (const { name, bytes } of files(server.folder)) {
    for (const mark of marks) {
      for (const form of forms(mark)) assert.ok(!bytes.includes(form), `${mark} stands in ${name} of the server`);
    }
  }
  await tablet.throwAway();
});

test("the search finds what it looks for, in every form", () => {
  const mark = "CANARY0123456789ABCDEF";
  for (const hidden of [
    Buffer.from(`xx${mark}yy`),
    Buffer.from(`xx${mark}yy`, "utf16le"),
    Buffer.from(Buffer.from(`x${mark}yy`).toString("base64")),
    Buffer.from(Buffer.from(`xx${mark}yy`).toString("base64")),
    Buffer.from(Buffer.from(`xxx${mark}yy`).toString("base64")),
  ]) {
    assert.ok(forms(mark).some((form) => hidden.includes(form)), hidden.toString("latin1"));
  }
});
