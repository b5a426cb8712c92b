// What a browser leaves behind: everything that a page can read of its storage,
// and everything on the disk.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import type { Page } from "playwright-core";

/** Every form in which a text may stand somewhere. */
export function forms(mark: string): Buffer[] {
  const bytes = Buffer.from(mark);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    return Buffer.from(text.slice(shift === 0 ? 0 : 4, -4)); // what does not depend on what stands around it
  });
  return [bytes, Buffer.from(mark, "utf16le"), Buffer.from(bytes.toString("hex")), ...base64];
}

/** Files below a folder, compressed ones opened too. */
export async function* files(folder: string): AsyncGenerator<{ name: string; bytes: Buffer }> {
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
export async function dump(page: Page): Promise<string> {
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
