// Replies are lost, tablets are withdrawn: nothing is doubled, nothing is lost,
// and nothing readable stays.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { Tablet } from "./browser.ts";
import { as, bearer, begin, interview, records, seal, setUp, signIn } from "./officer.ts";
import { world } from "./world.ts";

const here = world();

/** The id of a tablet, as it knows it itself. */
const idOn = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open("waymark");
        opening.onsuccess = () => {
          const kept = opening.result.transaction("kept").objectStore("kept").get("device");
          kept.onsuccess = () => resolve((kept.result as { id: string }).id);
        };
      }),
  );

const QUICK = { T01: ["21_29"], T02: ["none"], T03: ["no"], T12: ["no"] } as const;

test("an interview whose receipt was lost arrives once and is settled by the same receipt", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const had = (await records(here.network, 0)).length;
  const weather = { loseReplies: /^POST \/v1\/submissions/, times: 2 };
  here.network.weather = weather;
  await begin(page, "triage-border");
  await interview(page, QUICK, { questions: 2 });
  await seal(page);
  await page.locator("#delivery").click();
  for (let tries = 0; weather.times > 0 && tries < 40; tries++) {
    await page.locator("#send:enabled").click({ timeout: 1_000 }).catch(() => undefined);
    await new Promise((again) => setTimeout(again, 250));
  }
  assert.equal(weather.times, 0, "no reply was lost; the test says nothing");
  here.network.fair();
  await page.locator("#send:enabled").click({ timeout: 5_000 }).catch(() => undefined);
  await page.locator("#waiting", { hasText: "Everything was delivered" }).waitFor();
  assert.equal((await records(here.network, had + 1)).length, had + 1);
  await tablet.throwAway();
});

test("a lost reply to a refresh does not end the sign-in", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  here.network.weather = { loseReplies: /^POST \/v1\/auth\/token/, times: 1 };
  await page.locator("#lock").click();
  await signIn(page, "officer"); // unlocks without the server
  here.network.fair();
  await page.locator("#delivery").click();
  await page.locator("#waiting").waitFor();
  assert.deepEqual(tablet.complaints, []);
  await tablet.throwAway();
});

test("a withdrawn tablet delivers what is sealed, then erases itself", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const had = (await records(here.network, 0)).length;
  here.network.down();
  await begin(page, "triage-border");
  await interview(page, QUICK, { questions: 2 });
  await seal(page);
  await begin(page, "triage-border"); // one more is unfinished
  await as(here.server, "supervisor", "DELETE", `/v1/devices/${await idOn(page)}`);
  here.network.fair();
  await page.reload();
  await page.getByRole("heading", { name: "This tablet was withdrawn" }).waitFor();
  assert.equal((await records(here.network, had + 1)).length, had + 1, "what was sealed is delivered");
  const left = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open("waymark");
        opening.onsuccess = () => {
          const names = ["users", "drafts", "outbox", "bundle"];
          const tables = opening.result.transaction(names);
          const counts = names.map((name) => tables.objectStore(name).count());
          tables.oncomplete = () => resolve(counts.reduce((n, c) => n + c.result, 0));
        };
      }),
  );
  assert.equal(left, 0, "nothing of it is on the tablet");
  await tablet.throwAway();
});

test("a token that was taken off a tablet is worth nothing without its key", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const taken = new Promise<string>((resolve) => {
    page.on("request", (r) => {
      const authorization = r.headers()["authorization"];
      if (authorization?.startsWith("DPoP ")) resolve(authorization.slice("DPoP ".length));
    });
  });
  await page.locator("#languages").click();
  await page.locator("#take").click();
  const token = await taken;
  const ask = (scheme: string): Promise<number> =>
    fetch(`${here.network.origin}/v1/bundle`, { headers: { Authorization: `${scheme} ${token}` } }).then((r) => r.status);
  assert.deepEqual([await ask("DPoP"), await ask("Bearer")], [401, 401]);
  assert.ok((await bearer(here.network.origin, "supervisor")).length > 0);
  await tablet.throwAway();
});
