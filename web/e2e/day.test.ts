// A day at the border, as a new officer would have it; and the day the tablet
// failed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tablet } from "./browser.ts";
import { decide, openReview, sitDown, take as takeReview } from "./desk.ts";
import { begin, interview, item, openingYes, records, seal, setUp } from "./officer.ts";
import { world } from "./world.ts";

const here = world();

test("three people are screened in three languages without a network, delivered, and one is decided on", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "caseworker", ["th", "am", "vi"]);
  here.network.down();
  const people = [
    { instrument: "triage-border", language: "th", answers: { T01: ["21_29"], T02: ["none"], T03: ["no"], T12: ["no"], T04: ["same"], T05: ["me"], T06: ["free"], T07: ["no"], T08: ["no"], T09: ["no"], T10: ["full"], T11: ["no"] } },
    { instrument: "triage-border", language: "am", answers: { T01: ["30_47"], T02: ["none"], T03: ["no"], T12: ["no"], T05: ["taken"], T06: ["locked"] } },
    { instrument: "triage-border", language: "vi", answers: { T01: ["15_17"], T02: ["none"], T03: ["no"] } },
  ] as const;
  for (const { instrument, language, answers } of people) {
    await begin(page, instrument, language);
    assert.equal(await page.locator(".ask .theirs").getAttribute("lang"), language);
    await interview(page, answers);
    await seal(page);
  }
  here.network.fair();
  await page.locator("#delivery").click();
  await page.locator("#send:enabled").click({ timeout: 2_000 }).catch(() => undefined); // it may have gone by itself
  const arrived = await records(here.network, people.length);
  assert.deepEqual(arrived.map((r) => `${r["language"]} ${r["outcome"]}`).sort(), ["am REFER", "th NO_TRIGGER", "vi RED"]);

  const { page: desk, browser } = await sitDown(here.network.origin, "supervisor");
  await openReview(desk);
  await takeReview(desk);
  await decide(desk, { kind: "confirm" });
  await desk.getByText("It is on record.").waitFor();
  assert.deepEqual([tablet.complaints, browser.complaints], [[], []]);
  await browser.throwAway();
  await tablet.throwAway();
});

test("a form that was filled in on paper is entered under the version that stands on it", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "caseworker");
  await page.locator("#paper").click();
  const code = await page.locator("#form-code").innerText();
  assert.match(await page.locator(".sheet").innerText(), /☐/);
  await page.locator(".row.bottom .button").first().click();
  await page.locator("#from-paper").click();
  const fields = page.locator("form input");
  await fields.first().fill("TB-9.9.9-en-00");
  await page.locator("#enter-form").click();
  await page.locator(".trouble", { hasText: "no form with this code" }).waitFor();
  await fields.first().fill(code.toLowerCase());
  await fields.nth(1).fill("2026-11-20");
  await page.locator("#enter-form").click();
  await page.locator("#begin-interview").click();
  await openingYes(page);
  const put = [await item(page), ...(await interview(page, {}))];
  assert.deepEqual(put.slice(1), [...put.slice(1)].sort(), "a form is entered from top to bottom");
  await seal(page);
  await records(here.network, 1);
  const days = (await records(here.network, 1)).map((r) => r["day"]);
  assert.ok(days.includes("2026-11-20"), `the day of the interview was lost: ${days}`);
  await tablet.throwAway();
});
