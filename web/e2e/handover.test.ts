// The person answers alone: in their language only, without a result, and with
// no way out but the officer's password. In a language from right to left.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tablet } from "./browser.ts";
import { answer, begin, item, screen, setUp, signIn } from "./officer.ts";
import { world } from "./world.ts";

const here = world();

test("alone with the tablet a person sees their language, no result and no way to anything else", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer", ["ar"]);
  await begin(page, "triage-border", "ar");
  await answer(page, { T01: ["21_29"] });
  await page.locator("#stop").click();
  await page.locator("#hand-over").click();
  await page.locator("#hand-it-over").click();
  await page.locator("#greeted").waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /[A-Za-z]{4,}/);
  await page.locator("#greeted").click();
  await page.locator("#next").waitFor();

  for (let put = 0; put < 30 && (await page.locator("#next").count()); put++) {
    assert.equal(await page.locator("#lock, #sign-out, #stop, .asides, .left, .ours").count(), 0, "something of the officer's is shown");
    assert.equal(await page.locator(".ask .theirs").getAttribute("dir"), "rtl");
    assert.doesNotMatch(await page.locator("main").innerText(), /[A-Za-z]{4,}/, "another language is shown");
    // An answer that shows an urgent need does not interrupt the person.
    await answer(page, { T02: ["hurt"], T03: ["yes"] });
  }
  await page.locator("#take-back").waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /help now|Signs that need/);

  await page.reload(); // not even so
  await page.locator("#sign-in").waitFor();
  await page.goBack().catch(() => undefined);
  await page.locator("#sign-in").waitFor();
  await signIn(page, "officer");
  assert.equal(await screen(page), "urgent", "what the person told is acted on as soon as the officer is back");
  await tablet.throwAway();
});

test("hiding the app shows a clock, locks, and keeps the interview", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  await begin(page, "triage-border");
  await answer(page, { T01: ["21_29"] });
  const at = await item(page);
  await page.locator("#hide").click();
  assert.equal(await page.title(), "Clock");
  assert.doesNotMatch(await page.locator("body").innerText(), /Waymark|interview|screening/i);
  for (let tap = 0; tap < 3; tap++) await page.locator("#clock").click();
  await signIn(page, "officer");
  await page.locator("#resume, #next").first().waitFor();
  if (await page.locator("#resume").count()) await page.locator("#resume").click();
  assert.equal(await item(page), at);
  await tablet.throwAway();
});
