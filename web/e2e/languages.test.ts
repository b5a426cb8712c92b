// Every screen in the languages that are hardest to show: from right to left,
// in tall scripts, in scripts that tablets lack. Nothing is cut, nothing is too
// small, and axe-core finds nothing against WCAG 2.2 AA.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { violations } from "./axe.ts";
import { SEVEN_INCH, Tablet } from "./browser.ts";
import { openAnswers, openReview, sitDown, speak, take as takeReview } from "./desk.ts";
import { faults } from "./looks.ts";
import { confirm, freshCode, PATIENCE, setUp, signIn, take } from "./officer.ts";
import { world } from "./world.ts";
import { around, longQuestions, triage } from "./walk.ts";

const LANGUAGES = ["ur", "ar", "my", "km", "th", "dv"] as const;

/** The officer's language and the person's: each is both. */
const PAIRS = [["en", "en"], ["th", "ur"], ["ur", "my"], ["ar", "km"], ["my", "ar"], ["km", "dv"], ["dv", "th"]] as const;

const ACROSS = { width: SEVEN_INCH.height, height: SEVEN_INCH.width };

const here = world("--languages", LANGUAGES.join(","), "--least-status", "draft");

/** Looks at screens held upright and across, and collects what is wrong with each. */
class Looker {
  readonly wrong: string[] = [];
  readonly seen: string[] = [];

  constructor(
    readonly page: Page,
    /** Said before the name of a screen. */
    public as: string,
  ) {}

  look = async (name: string): Promise<void> => {
    this.seen.push(name);
    for (const [held, viewport] of [["across", ACROSS], ["upright", SEVEN_INCH]] as const) {
      await this.page.setViewportSize(viewport);
      for (const fault of await faults(this.page)) this.#note(`${name} ${held}: ${fault}`);
    }
    // At its whole length: what waits under the bar at the foot is not covered, it is further down.
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    await this.page.setViewportSize({ ...SEVEN_INCH, height });
    for (const violation of await violations(this.page)) this.#note(`${name}: ${violation}`);
    await this.page.setViewportSize(SEVEN_INCH);
  };

  /** Fails if anything was wrong, or if nobody looked. */
  done(screens: number): void {
    assert.deepEqual(this.wrong, []);
    assert.ok(this.seen.length >= screens, `only ${this.seen.length} screens were looked at`);
  }

  #note(what: string): void {
    this.wrong.push(`${this.as} ${what}`);
  }
}

test("every screen of the tablet is whole and accessible in every script, with two languages on it", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await tablet.open(`#enrol=${await freshCode(here.server)}`);
  page.setDefaultTimeout(PATIENCE);
  const looker = new Looker(page, "en");
  await looker.look("enrol");
  await page.locator("#enrol").click();
  await page.locator("#check").waitFor();
  await looker.look("pending");
  await confirm(here.server, await page.locator(".fingerprint").innerText());
  await page.locator("#check").click();
  await page.locator("#sign-in").waitFor();
  await looker.look("first sign-in");
  await signIn(page, "caseworker");
  await page.locator(".tile:enabled").first().waitFor();
  await take(page, LANGUAGES);
  for (const [officer, person] of PAIRS) {
    looker.as = `${officer}/${person}`;
    const walk = { page, who: "caseworker", officer, person, look: looker.look } as const;
    await around(walk);
    await triage(walk);
  }
  looker.done(20 * PAIRS.length);
  assert.deepEqual(tablet.complaints, []);
  await tablet.throwAway();
});

test("what is wrong with a screen is found", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await tablet.open();
  await page.locator("#enrol").waitFor();
  assert.deepEqual(await faults(page), []);
  await page.evaluate(() => {
    const add = (text: string, lang: string, style: Partial<CSSStyleDeclaration>, tag = "p"): void => {
      const el = document.createElement(tag);
      el.lang = lang;
      el.textContent = text;
      Object.assign(el.style, style);
      document.querySelector("main")!.append(el);
    };
    add("cut", "en", { width: "10px", overflow: "hidden", whiteSpace: "nowrap" });
    add("high", "en", { width: "60px", height: "50px", padding: "0", lineHeight: "90px" }, "button");
    add("small", "en", { width: "40px", height: "40px" }, "button");
    add("out", "en", { marginLeft: "700px", whiteSpace: "nowrap" });
    add("خطأ", "en", {});
    add("wrong words", "th", {});
    add("عربي", "ar", {});
  });
  const found = (await faults(page)).map((fault) => fault.replace(/[:\d].*/, "").trim());
  const kinds = ["the screen scrolls sideways", "cut at the side", "cut at the foot", "runs out of the screen", "not in en", "not in th", "ar in the wrong direction"];
  for (const kind of kinds) assert.ok(found.includes(kind), `${kind} was not found in ${found.join(", ")}`);
  assert.ok((await faults(page)).some((fault) => fault.startsWith("40×40 is small")));
  assert.ok((await violations(page)).length === 0);
  await page.evaluate(() => document.querySelector("label")!.remove());
  assert.match((await violations(page)).join(), /label/);
  await tablet.throwAway();
});

test("long questions and lists are whole and accessible in tall scripts", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "caseworker", ["my", "km"]);
  const looker = new Looker(page, "my/km");
  const walk = { page, who: "caseworker", officer: "my", person: "km", look: looker.look } as const;
  await around(walk);
  await longQuestions(walk);
  looker.done(30);
  await tablet.throwAway();
});

const WISHES = [{ forcedColors: "active" }, { contrast: "more" }, { reducedMotion: "reduce" }] as const;

test("colours that the system forces, more contrast and less motion change nothing of that", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "caseworker", ["th", "ur"]);
  const looker = new Looker(page, "");
  for (const wish of WISHES) {
    await page.emulateMedia(wish);
    looker.as = JSON.stringify(wish);
    const walk = { page, who: "caseworker", officer: "ur", person: "th", look: looker.look } as const;
    await around(walk);
    await triage(walk);
  }
  looker.done(20 * WISHES.length);
  await tablet.throwAway();
});

test("every screen of the console is whole and accessible in every script", async () => {
  const { browser, page } = await sitDown(here.network.origin, "supervisor", SEVEN_INCH);
  const looker = new Looker(page, "");
  for (const language of ["en", ...LANGUAGES]) {
    looker.as = language;
    await speak(page, language);
    await looker.look("queue");
    await openReview(page);
    if (await page.locator("#take").count()) await takeReview(page);
    await openAnswers(page, "quality_check");
    await looker.look("review");
    await page.locator("#back").click();
    await page.locator("#tab-devices").click();
    await page.locator(".case").first().waitFor();
    await looker.look("tablets");
    await page.locator("#tab-reviews").click();
  }
  looker.done(3 * (1 + LANGUAGES.length));
  assert.deepEqual(browser.complaints, []);
  await browser.throwAway();
});
