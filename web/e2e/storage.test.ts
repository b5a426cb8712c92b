// TAB-1, TAB-2, TAB-4: whoever takes the tablet, or the disk of the server,
// reads nothing of what was finished.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tablet } from "./browser.ts";
import { interview, openingYes, records, seal, setUp } from "./officer.ts";
import { dump, files, forms } from "./traces.ts";
import { world } from "./world.ts";

/** How many interviews are held, each with a mark of its own. */
const MANY = 12;

const here = world();

test("nothing of what was finished can be read on the tablet, in any form, and no key there opens it", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "caseworker");
  here.network.down();
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

  here.network.fair();
  const again = await tablet.open();
  await again.locator("#sign-in").waitFor(); // it delivers while it is locked
  await records(here.network, MANY);
  for await (const { name, bytes } of files(here.server.folder)) {
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
