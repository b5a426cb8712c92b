// TAB-7: the tablet dies at any step of finishing. A draft or a sealed interview
// is there afterwards, never neither and never both.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tablet } from "./browser.ts";
import { begin, interview, setUp, signIn } from "./officer.ts";
import { world } from "./world.ts";

/** Milliseconds between the touch that seals and the end of the page. */
const MOMENTS = [0, 1, 2, 3, 5, 8, 12, 18, 25, 40, 80];

const here = world();

test("whenever the tablet dies while it finishes, the interview is there once", async () => {
  const tablet = await Tablet.new(here.network.origin);
  let page = await setUp(here.server, tablet, "officer");
  here.network.down();
  let sealed = 0;
  const seen = { draft: 0, sealed: 0 };
  for (const moment of MOMENTS) {
    if (!(await page.locator("#resume").count())) {
      await begin(page, "triage-border");
      await interview(page, { T01: ["21_29"], T02: ["none"], T03: ["no"], T12: ["no"] }, { questions: 2 });
    } else {
      await page.locator("#resume").click();
      await page.locator("#seal").waitFor();
    }
    await page.locator("#seal").click();
    await page.locator("dialog[open] .grave").waitFor();
    // The touch and the end of the page are one step of the page itself, so
    // that the time between them is what it says.
    await page.evaluate((wait) => {
      (document.querySelector("dialog[open] .grave") as HTMLElement).click();
      setTimeout(() => location.replace("about:blank"), wait);
    }, moment);
    await new Promise((gone) => setTimeout(gone, moment + 30));
    await tablet.crash(page);
    await tablet.close();
    page = await tablet.open();
    await signIn(page, "officer");
    const counts = await page.evaluate(
      () =>
        new Promise<{ drafts: number; outbox: number }>((resolve, reject) => {
          const opening = indexedDB.open("waymark");
          opening.onerror = () => reject(new Error("no database"));
          opening.onsuccess = () => {
            const tables = opening.result.transaction(["drafts", "outbox"]);
            const [drafts, outbox] = [tables.objectStore("drafts").count(), tables.objectStore("outbox").count()];
            tables.oncomplete = () => resolve({ drafts: drafts.result, outbox: outbox.result });
          };
        }),
    );
    const done = counts.outbox - sealed;
    assert.equal(counts.drafts + done, 1, `after ${moment} ms: ${JSON.stringify({ ...counts, before: sealed })}`);
    if (counts.drafts === 1) seen.draft++;
    else seen.sealed++;
    sealed = counts.outbox;
    if (counts.drafts === 1) await page.locator("#resume").waitFor();
  }
  assert.ok(seen.draft > 0 && seen.sealed > 0, `only one of the two ever happened: ${JSON.stringify(seen)}`);
  await tablet.throwAway();
});
