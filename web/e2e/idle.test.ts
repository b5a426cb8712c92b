// A tablet that was put down.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tablet } from "./browser.ts";
import { begin, item, setUp, signIn } from "./officer.ts";
import { world } from "./world.ts";

/** Long enough for the steps before, and short enough to wait for. */
const here = world("--device-idle", "15s");

test("a tablet that nobody touches locks by itself, and an interview comes back where it was", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  await begin(page, "triage-border");
  const at = await item(page);
  await page.locator("#sign-in").waitFor({ timeout: 60_000 });
  assert.equal(await page.locator(".question").count(), 0, "the question is still on the screen");
  await signIn(page, "officer");
  await page.locator("#resume, #next").first().waitFor();
  if (await page.locator("#resume").count()) await page.locator("#resume").click();
  assert.equal(await item(page), at);
  await tablet.throwAway();
});
