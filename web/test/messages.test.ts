import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import test from "node:test";

import messages from "../../locales/app/en.json";

const sources = await (async () => {
  const names = (await Promise.all(["src/app", "src/console"].map((folder) => readdir(folder, { recursive: true, withFileTypes: true })))).flat();
  const files = names.filter((n) => n.isFile() && /\.tsx?$/.test(n.name)).map((n) => readFile(`${n.parentPath}/${n.name}`, "utf8"));
  return (await Promise.all(files)).join("\n");
})();

/** Ids that the screens make up from codes, such as "decision." and a kind. */
const made = [...sources.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map(([, beginning]) => beginning!);
const named = new Set([...sources.matchAll(/"([a-z_]+(?:\.[a-z_]+)+)"/g)].map(([, id]) => id!));

/** A consent's title and text are found by what they have in common. */
const begins = (id: string): boolean => id === "person.consent.interview" || id === "person.consent.data";

test("the screens say nothing that is not among the messages", async () => {
  assert.ok(named.size > 200, `${named.size} ids were found`);
  const server = JSON.parse(await readFile("../locales/messages/en.json", "utf8")) as object;
  const families = new Set(Object.keys({ ...messages, ...server }).map((id) => id.split(".")[0]));
  const unknown = [...named].filter((id) => families.has(id.split(".")[0]!) && !(id in messages) && !(id in server));
  assert.deepEqual(unknown.filter((id) => !begins(id)), []);
});

test("no message is translated that no screen says", () => {
  const unused = Object.keys(messages).filter((id) => !named.has(id) && !made.some((beginning) => id.startsWith(beginning)));
  // What a consent says is found by the item it belongs to.
  assert.deepEqual(unused.filter((id) => !/^person\.consent\.(interview|data)\.(title|text)$/.test(id)), []);
});
