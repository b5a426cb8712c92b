// An interview without a finger: Tab, Space, Enter and the arrows do, and
// whoever uses them always sees where they are.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { Tablet } from "./browser.ts";
import { focusFaults } from "./looks.ts";
import { item, PASSWORDS, setUp } from "./officer.ts";
import { world } from "./world.ts";

const here = world();

/** More than any screen has to stop at. */
const STOPS = 60;

/** Goes on with Tab until the focus is there, and collects what was wrong with it on the way. */
async function reach(page: Page, selector: string, wrong: string[]): Promise<void> {
  await page.locator(selector).first().waitFor();
  for (let stops = 0; stops < STOPS; stops++) {
    await page.keyboard.press("Tab");
    // Past the last stop the focus is in the browser's own bar.
    if (await page.evaluate(() => document.activeElement === document.body)) continue;
    wrong.push(...(await focusFaults(page)));
    if (await page.evaluate((wanted) => document.activeElement!.matches(wanted), selector)) return;
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

/** Presses Enter where Tab leads, and waits for a screen whose heading takes the focus. */
async function enter(page: Page, selector: string, then: string, wrong: string[]): Promise<void> {
  await reach(page, selector, wrong);
  await page.keyboard.press("Enter");
  await page.locator(then).first().waitFor();
  await page
    .locator("h1:focus")
    .waitFor({ timeout: 2_000 })
    .catch(() => wrong.push(`after ${selector} the focus is not on the heading`));
}

/** What is answered: nothing that stops the interview. The last option of anything else. */
const TOLD: Readonly<Record<string, string>> = { T01: "21_29", T02: "none", T03: "no", T12: "no" };

/** Chooses an option: arrows go through those of which one can be chosen, Tab through others. */
async function choose(page: Page, id: string, wrong: string[]): Promise<void> {
  const inputs = page.locator(".question .choices input");
  const wanted = TOLD[id] ?? (await inputs.last().inputValue());
  if ((await inputs.first().getAttribute("type")) === "checkbox") {
    await reach(page, `.choices input[value="${wanted}"]`, wrong);
    await page.keyboard.press("Space");
  } else {
    await reach(page, ".question .choices input", wrong);
    await page.keyboard.press("Space");
    for (let presses = 0; presses < 10 && (await page.locator(".question .choices input:checked").inputValue()) !== wanted; presses++) {
      await page.keyboard.press("ArrowDown");
      wrong.push(...(await focusFaults(page)));
    }
  }
  assert.equal(await page.locator(".question .choices input:checked").inputValue(), wanted);
}

test("a whole triage is held with the keyboard, and the focus is always seen", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const wrong: string[] = [];
  await enter(page, "#lock", "#sign-in", wrong);
  await reach(page, "input[autocomplete=username]", wrong);
  await page.keyboard.type("officer");
  await reach(page, "input[type=password]", wrong);
  await page.keyboard.type(PASSWORDS.officer);
  await page.keyboard.press("Enter");
  await enter(page, '.tile[data-instrument="triage-border"]', "#begin-interview", wrong);
  await reach(page, 'input[name="address"]', wrong);
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator('input[name="address"]:checked').inputValue(), "woman");
  await enter(page, "#begin-interview", "#item-P1", wrong);
  for (const box of await page.locator(".officer-item").all()) {
    await reach(page, `#${await box.getAttribute("id")} input`, wrong);
    await page.keyboard.press("Space");
  }
  await enter(page, "#begin", "#next", wrong);

  const put: string[] = [];
  while (put.length < 4) {
    put.push(await item(page));
    await choose(page, put.at(-1)!, wrong);
    await enter(page, "#next", "#next:disabled", wrong);
  }
  assert.equal(new Set(put).size, put.length, `questions came twice: ${put}`);
  await enter(page, "#stop", "#finish", wrong);
  await enter(page, "#finish", "#show-result", wrong);
  await enter(page, "#show-result", "#seal", wrong);
  const no = page.locator("dialog[open] .button:last-child:focus");
  await reach(page, "#seal", wrong);
  await page.keyboard.press("Enter");
  await no.waitFor();
  await page.keyboard.press("Enter"); // as a key that is held down would
  await page.locator("dialog").first().waitFor({ state: "hidden" });
  assert.equal(await page.locator("#seal").count(), 1, "Enter alone sealed the interview");
  await reach(page, "#seal", wrong);
  await page.keyboard.press("Enter");
  await no.waitFor();
  await page.keyboard.press("Shift+Tab");
  await page.locator("dialog[open] .grave:focus").waitFor();
  await page.keyboard.press("Enter");
  await enter(page, "#done", ".tile", wrong);
  assert.deepEqual([...new Set(wrong)], []);
  assert.deepEqual(tablet.complaints, []);
  await tablet.throwAway();
});
