// What supervisors and administrators do at a desk: a browser of its own that
// is not enrolled, and the console in it.

import type { Page } from "playwright-core";

import { Tablet } from "./browser.ts";
import { PASSWORDS, PATIENCE, type Who } from "./officer.ts";

/** The screen of a small computer. */
export const DESK = { width: 1280, height: 800 };

export interface Desk {
  readonly browser: Tablet;
  readonly page: Page;
}

/** Sits down at a new desk and signs in to the console. */
export async function sitDown(origin: string, who: Who, viewport = DESK): Promise<Desk> {
  const browser = await Tablet.new(origin, viewport);
  const page = await browser.open();
  page.setDefaultTimeout(PATIENCE);
  await page.locator("form .button.quiet").click(); // not a tablet
  const fields = page.locator("form input:not([type=checkbox])");
  await fields.nth(0).fill("demo");
  await fields.nth(1).fill(who);
  await fields.nth(2).fill(PASSWORDS[who]);
  await page.locator("#sign-in").click();
  await page.locator("main.console h1").waitFor();
  return { browser, page };
}

/** Opens the review that is at a place in the queue. */
export async function openReview(page: Page, at = 0): Promise<void> {
  await page.locator(".case-open").nth(at).click();
  await page.locator("#back").waitFor();
  await page.locator(".review").waitFor();
}

/** Takes the review on the screen, and waits until it can be decided. */
export async function take(page: Page): Promise<void> {
  await page.locator("#take").click();
  await page.locator("#decide").waitFor();
}

/** Opens the sealed answers for a reason; gives them by question, as they are told. */
export async function openAnswers(page: Page, reason: string): Promise<Record<string, string[]>> {
  await page.locator(`.choice:has(input[name="open-reason"][value="${reason}"])`).click();
  await page.locator("#open-answers").click();
  await page.locator("#close-answers").waitFor();
  return page.locator(".answers dl > div").evaluateAll((rows) =>
    Object.fromEntries(rows.map((row) => [row.querySelector("dt")!.textContent, Array.from(row.querySelectorAll("dd p"), (p) => p.textContent!)])),
  );
}

/** Decides on the review on the screen; what fits is chosen by its codes. */
export async function decide(page: Page, choice: { readonly kind: string; readonly outcome?: string; readonly reason?: string }): Promise<void> {
  for (const [name, value] of Object.entries(choice)) await page.locator(`.choice:has(input[name="${name}"][value="${value}"])`).click();
  await page.locator("#decide:enabled").click();
  await page.locator("#decide").waitFor({ state: "detached" }); // whoever decided no longer holds it
}

/** Reads in another language. */
export async function speak(page: Page, language: string): Promise<void> {
  await page.locator(".console-bar select").selectOption(language);
  await page.locator(`html[lang="${language}"]`).waitFor();
  await page.locator("#again:enabled").waitFor();
}
