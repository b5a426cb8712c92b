// A supervisor's day at a desk: reviews with what was answered, a lowering
// that takes two people, and tablets from their code to their end.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { Tablet } from "./browser.ts";
import { decide, openAnswers, openReview, sitDown, take, type Desk } from "./desk.ts";
import { begin, interview, PATIENCE, records, seal, setUp, signIn } from "./officer.ts";
import { world } from "./world.ts";
import { dump, files, forms } from "./traces.ts";

const here = world();

const TOLD = { T01: ["21_29"], T02: ["none"], T03: ["no"], T05: ["taken"], T06: ["locked"], T07: ["me_threat", "saw"], T11: ["no"], T12: "declined" } as const;

type Answered = Readonly<Record<string, readonly string[]>>;

/** Has the page note every question with its answers, in the words on the screen, as it is left. */
async function note(page: Page): Promise<() => Promise<Answered>> {
  await page.evaluate(() => {
    const noted: Record<string, string[]> = {};
    Object.assign(globalThis, { noted });
    document.addEventListener(
      "click",
      ({ target }) => {
        if (!(target as Element).closest("#next")) return;
        const chosen = document.querySelectorAll<HTMLElement>(".question .chosen .theirs, .replies .main .theirs");
        noted[document.querySelector("h1")!.innerText] = Array.from(chosen, (text) => text.innerText);
      },
      { capture: true },
    );
  });
  return () => page.evaluate(() => (globalThis as unknown as { noted: Answered }).noted);
}

test("an interview is reviewed at another desk: read, opened for a reason, and lowered by two people only", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const interviewed = await setUp(here.server, tablet, "officer");
  const noted = await note(interviewed);
  await begin(interviewed, "triage-border", "en", ""); // the neutral wording, which is the supervisor's
  const put = await interview(interviewed, TOLD);
  const answered = await noted();
  await seal(interviewed);
  await records(here.network, 1);
  await tablet.throwAway();
  assert.ok(put.includes("T07") && put.includes("T12"), `the questions put were ${put}`);
  assert.equal(Object.keys(answered).length, put.length);

  const first = await sitDown(here.network.origin, "supervisor");
  const { page } = first;
  assert.match(await page.locator(".case").first().innerText(), /full, calm interview/);
  await openReview(page);
  const columns = await page.locator(".account > section h2").allInnerTexts();
  assert.deepEqual(columns.map((text) => text.split(" ").at(-1)), ["Known", "known", "together"], columns.join());
  const [known, unknown] = await page.locator(".account > section").allInnerTexts();
  assert.match(known!, /passport|document/i);
  assert.match(unknown!, /Questions with an answer: 8 of 9/);
  assert.equal(await page.locator("#open-answers, #decide").count(), 0, "nothing is opened or decided before the review is taken");

  await take(page);
  const before = await dump(page);
  assert.ok(await page.locator("#open-answers").isDisabled(), "answers are opened without a reason");
  const opened = await openAnswers(page, "lowering_considered");
  for (const [question, answers] of Object.entries(answered)) {
    assert.deepEqual(opened[question], answers[0] === "I prefer not to say" ? ["the person prefers not to say"] : answers, question);
  }
  await page.locator("#close-answers").click();
  const words = Object.values(answered).flat().filter((word) => word.length > 12); // shorter ones stand elsewhere too
  const shown = await page.locator("body").innerText();
  for (const word of words) assert.ok(!shown.includes(word), `${word} is shown after it was closed`);

  await decide(page, { kind: "amend", outcome: "RE_ASK", reason: "person_explained" });
  assert.equal(await page.locator("#decide, #take").count(), 0, "who proposed a lowering could agree to it");
  await assertNothingKept(first, before, words);

  const second = await sitDown(here.network.origin, "supervisor2");
  await openReview(second.page);
  await take(second.page);
  const kinds = await second.page.locator('input[name="kind"]').evaluateAll((all) => all.map((input) => (input as HTMLInputElement).value));
  assert.deepEqual(kinds, ["agree", "disagree"]);
  await decide(second.page, { kind: "disagree" });
  assert.match(await second.page.locator("h1").innerText(), /full, calm interview/, "the outcome stays as it was");
  await take(second.page); // it is open again
  await decide(second.page, { kind: "confirm" });
  assert.equal(await second.page.locator("#take, #decide").count(), 0);
  const history = await second.page.locator("ol.lines > li").allInnerTexts();
  assert.equal(history.length, 3, history.join("\n"));
  const [record] = await records(here.network, 1);
  assert.equal(record!["outcome"], "REFER");
  assert.deepEqual(second.browser.complaints, []);
  await second.browser.throwAway();
});

test("a lowering that a second supervisor agrees to is decided", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const interviewed = await setUp(here.server, tablet, "officer");
  await begin(interviewed, "triage-border");
  await interview(interviewed, { ...TOLD, T02: ["hurt"] }); // urgent: it comes first
  await seal(interviewed);
  await records(here.network, 2);
  await tablet.throwAway();
  const desks = { one: await sitDown(here.network.origin, "supervisor"), two: await sitDown(here.network.origin, "supervisor2") };
  await openReview(desks.one.page);
  await take(desks.one.page);
  const from = await desks.one.page.locator("h1").innerText();
  await decide(desks.one.page, { kind: "amend", outcome: "NO_TRIGGER", reason: "entry_mistake" });
  await desks.two.page.locator("#again:enabled").click();
  await openReview(desks.two.page);
  assert.match(await desks.two.page.locator(".aside.strong").first().innerText(), /second|propose/i);
  await take(desks.two.page);
  await decide(desks.two.page, { kind: "agree" });
  assert.notEqual(await desks.two.page.locator("h1").innerText(), from);
  for (const { browser } of Object.values(desks)) await browser.throwAway();
});

test("a tablet from its code over the digits that it shows to its end", async () => {
  const office = await sitDown(here.network.origin, "administrator");
  assert.equal(await office.page.locator("#tab-reviews").count(), 0, "an administrator sees no reviews");
  await office.page.locator("#add").click();
  await office.page.locator(".panel input").first().fill("mae-sot");
  await office.page.locator(".panel select").selectOption("TH");
  await office.page.locator(".panel input").last().fill("Tablet 7");
  await office.page.locator("#make-code").click();
  const code = await office.page.locator("#code").innerText();

  const tablet = await Tablet.new(here.network.origin);
  const page = await tablet.open(); // the code is typed
  page.setDefaultTimeout(PATIENCE);
  await page.locator("form input").fill(code);
  await page.locator("#enrol").click();
  const digits = await page.locator(".fingerprint").innerText();
  assert.match(digits.replaceAll(/\s/g, ""), /^\d{12}$/);
  const another = await Tablet.new(here.network.origin);
  const late = await another.open(`#enrol=${code}`);
  await late.locator("#enrol").click();
  await late.locator(".trouble:visible").waitFor(); // a code is good once
  await another.throwAway();

  const desk = await sitDown(here.network.origin, "supervisor");
  await desk.page.locator("#tab-devices").click();
  const row = desk.page.locator(".case", { hasText: "Tablet 7" });
  const field = row.locator(".compare input");
  const confirm = row.locator(".compare .button");
  assert.ok(!(await row.innerText()).replaceAll(/\s/g, "").includes(digits.replaceAll(/\s/g, "")), "the digits are shown where they have to be typed");
  await field.fill(digits.replace(/\d/, (d) => String((Number(d) + 1) % 10)));
  await confirm.click();
  await row.locator(".trouble:visible").waitFor();
  assert.equal(await page.locator("#check").count(), 1, "wrong digits let a tablet in");
  await field.fill(digits);
  await confirm.click();
  await field.waitFor({ state: "detached" });

  await page.locator("#check").click().catch(() => undefined); // it may have asked by itself
  await page.locator("#sign-in").waitFor();
  await signIn(page, "officer");
  await page.locator(".tile:enabled").first().waitFor();
  const weather = { loseReplies: /^POST \/v1\/submissions/, times: 100 };
  here.network.weather = weather;
  await begin(page, "triage-border");
  await interview(page, TOLD, { questions: 2 });
  await seal(page);
  await page.reload(); // it tells how it is when it starts
  await seen(desk.page, row.locator(".marks", { hasText: "1 waits" }));
  assert.ok(weather.times < 100, "nothing was lost; the test says nothing");
  here.network.fair();
  await page.reload();
  await records(here.network, 3);
  await seen(desk.page, row.locator(".marks:not(:has-text('1 waits'))"));
  await row.getByText("Last contact").waitFor();

  await row.locator(".button.quiet").last().click();
  await desk.page.locator("dialog[open] .grave").click();
  await row.locator(".marks", { hasText: /withdrawn/i }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "This tablet was withdrawn" }).waitFor();
  for (const browser of [tablet, desk.browser, office.browser]) await browser.throwAway();
});

/** Looks again at the tablets until something is seen. */
async function seen(page: Page, what: Locator): Promise<void> {
  for (let looks = 0; looks < 20 && !(await what.count()); looks++) {
    await page.locator("#again:enabled").click();
    await page.waitForTimeout(500);
  }
  await what.waitFor();
}

/**
 * Compares what the browser keeps with what it kept before: nothing that came
 * since is of the answers, in words or in codes. The words of the questionnaire
 * itself stand in the texts that were there before.
 */
async function assertNothingKept({ browser, page }: Desk, before: string, words: readonly string[]): Promise<void> {
  const had = new Set(before.split("\n"));
  const kept = await dump(page);
  assert.match(kept, /^\[kept \d+\]$/m, "the dump does not see the database");
  const fresh = kept.split("\n").filter((line) => !had.has(line));
  const codes = Object.values(TOLD).flat();
  for (const line of fresh) {
    assert.ok(!codes.includes(line as never), `the code ${line} was kept`);
    for (const word of words) for (const form of forms(word)) assert.ok(!line.includes(form.toString("latin1")), `${word} was kept`);
  }
  await browser.close();
  for await (const { name, bytes } of files(browser.profile)) {
    for (const mark of [`"T07":${JSON.stringify(TOLD.T07)}`, '"answers":["I was threatened"']) {
      for (const form of forms(mark)) assert.ok(!bytes.includes(form), `${mark} stands in ${name}`);
    }
  }
  await browser.throwAway();
}
