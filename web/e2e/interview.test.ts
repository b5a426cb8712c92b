// An officer's day without a network: held offline, reloaded in the middle,
// delivered when there is a network again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tablet } from "./browser.ts";
import { answer, begin, interview, item, records, screen, seal, setUp, signIn } from "./officer.ts";
import { world } from "./world.ts";

const here = world();

test("a triage and a full screening are held without a network, and arrive once", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "caseworker", ["zh-Hans"]);
  here.network.down();
  await page.reload(); // the app comes from the tablet itself
  await signIn(page, "caseworker");

  await begin(page, "triage-border", "zh-Hans");
  await answer(page, { T01: ["21_29"] });
  const at = await item(page);
  await page.reload();
  await signIn(page, "caseworker");
  await page.locator("#resume").click();
  assert.equal(await item(page), at, "the interview goes on where it was");
  const put = await interview(page, { T02: ["none"], T03: ["no"], T05: ["taken"], T06: ["locked"], T12: ["no"], T07: ["no"], T11: ["no"] });
  assert.ok(put.includes("T05"), `T05 was not put: ${put}`);
  assert.match(await page.locator(".outcome h1").innerText(), /full, calm interview/);
  await seal(page);

  await begin(page, "screen-fc", "en");
  await interview(page, { B01: ["30_47"], C03: ["cs"], C04: ["entirely"], C06: ["pay"], E01: ["chat"], E02: ["punished"], F01: ["never"], I01: ["no"], I02: ["no"], I04: ["no"], J03: ["no"] });
  assert.match(await page.locator(".outcome h1").innerText(), /Strong indications of trafficking/);
  await seal(page);
  assert.equal(await page.locator(".badge").first().innerText(), "2", "both wait on the tablet");

  here.network.fair();
  await page.locator("#delivery").click();
  await page.locator("#send").click();
  const arrived = await records(here.network, 2);
  assert.deepEqual(arrived.map((r) => r["outcome"]).sort(), ["REFER", "STRONG_TIP"]);
  assert.deepEqual(arrived.map((r) => r["agreed"]), [true, true], "server and tablet came to the same");
  await page.locator("#waiting", { hasText: "Everything was delivered" }).waitFor();
  assert.deepEqual(tablet.complaints, []);
  await tablet.throwAway();
});

test("an urgent need stops the interview before the next question", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  await begin(page, "triage-border");
  await answer(page, { T01: ["15_17"] });
  assert.equal(await screen(page), "urgent");
  assert.match(await page.locator(".needs").innerText(), /child officer/i);
  await page.locator("#seen").click();
  assert.equal(await screen(page), "ask");
  await tablet.throwAway();
});

test("without consent to keep, the result is shown once and nothing is sent", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const had = (await records(here.network, 0)).length;
  await page.locator('.tile[data-instrument="triage-border"]').click();
  await page.locator("#begin-interview").click();
  const { openingYes } = await import("./officer.ts");
  await openingYes(page, false);
  await interview(page, { T01: ["21_29"], T02: ["none"], T03: ["no"], T12: ["no"] });
  await seal(page);
  assert.equal(await page.locator(".badge").count(), 0);
  assert.equal((await records(here.network, 0)).length, had);
  await tablet.throwAway();
});

test("it can stop as soon as nothing left can change the result", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  await begin(page, "triage-border");
  let questions = 0;
  for (; (await screen(page)) !== "pause"; questions++) {
    if ((await screen(page)) === "urgent") await page.locator("#seen").click();
    else await answer(page, { T01: ["21_29"], T02: ["hurt", "meds", "preg", "selfharm", "unsafe"], T03: ["yes"], T12: ["yes"] });
  }
  assert.match(await page.locator("h1").innerText(), /You can stop here/);
  assert.ok(questions < 12, `${questions} questions were put before it was said`);
  await page.locator("#finish").click();
  assert.equal(await screen(page), "closing");
  await tablet.throwAway();
});
