// TAB-8, TAB-9: a wrong key and texts that are programs.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { Tablet } from "./browser.ts";
import { begin, setUp } from "./officer.ts";
import { world } from "./world.ts";

const here = world();

const b64 = (text: string): string => Buffer.from(text).toString("base64url");

test("an intake key that the trust key of enrolment did not sign is refused", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const wrong = await page.evaluate(async () => {
    const pair = (await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"])) as CryptoKeyPair;
    const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    return { x, y };
  });
  let forged = 0;
  await page.route("**/v1/bundle", async (route) => {
    const response = await route.fetch({ headers: { ...route.request().headers(), "if-none-match": "" } });
    const bundle = (await response.json()) as { intake: string };
    const [header, payload, signature] = bundle.intake.split(".") as [string, string, string];
    const statement = JSON.parse(Buffer.from(payload, "base64url").toString()) as { jwk: object };
    statement.jwk = { kty: "EC", crv: "P-256", ...wrong };
    bundle.intake = [header, b64(JSON.stringify(statement)), signature].join(".");
    forged++;
    await route.fulfill({ response, headers: { ...response.headers(), etag: '"wrong-key"' }, body: JSON.stringify(bundle) });
  });
  await page.locator("#languages").click();
  await page.locator("#take").click();
  await page.locator(".trouble:visible").waitFor();
  assert.ok(forged > 0, "the forged bundle never reached the tablet");
  const kept = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open("waymark");
        opening.onsuccess = () => {
          const all = opening.result.transaction("bundle").objectStore("bundle").getAll();
          all.onsuccess = () => resolve(JSON.stringify(all.result));
        };
      }),
  );
  assert.ok(!kept.includes("wrong-key") && !kept.includes(b64(JSON.stringify(wrong)).slice(0, 20)), "the bundle with the wrong key was kept");
  assert.match(kept, /triage-border/, "the dump sees nothing");
  await tablet.throwAway();
});

test("texts that were changed on the way are refused, and texts that are programs are shown as texts", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const evil = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>{{constructor}}javascript:window.hit=1`;
  let body = "";
  let honest = false;
  await page.route("**/v1/bundle/fr/interview", async (route) => {
    const response = await route.fetch();
    const part = (await response.json()) as { instruments: Record<string, unknown[]>; messages: Record<string, unknown> };
    for (const texts of Object.values(part.instruments)) texts.fill(evil);
    for (const id of Object.keys(part.messages)) part.messages[id] = evil;
    body = JSON.stringify(part);
    await route.fulfill({ response, body });
  });
  await page.route("**/v1/bundle", async (route) => {
    const response = await route.fetch({ headers: { ...route.request().headers(), "if-none-match": "" } });
    const core = (await response.json()) as { languages: { language: string; interview: string }[] };
    const french = core.languages.find((l) => l.language === "fr")!;
    if (honest) french.interview = createHash("sha256").update(`fr\0${body}`).digest("hex").slice(0, french.interview.length);
    await route.fulfill({ response, headers: { ...response.headers(), etag: `"${honest}"` }, body: JSON.stringify(core) });
  });
  await page.locator("#languages").click();
  await page.locator('.check:has(input[name="take-fr"]) input').check();
  await page.locator("#take").click();
  await page.locator(".trouble:visible").waitFor();
  assert.equal(await page.locator(".check:has(input[name=take-fr]) small.here").count(), 0, "texts with another digest were taken");

  honest = true; // as if the server itself had been taken over
  await page.locator("#take:enabled").click();
  await page.locator(".check:has(input[name=take-fr]) small.here").waitFor();
  await page.locator(".row.bottom .button").first().click();
  await begin(page, "triage-border", "fr");
  await page.locator("#next").waitFor();
  assert.match(await page.locator("main").innerText(), /<img src=x onerror/, "the text did not arrive; the test says nothing");
  assert.equal(await page.evaluate(() => (window as { hit?: number }).hit), undefined);
  assert.equal(await page.locator("main img, main script").count(), 0);
  await tablet.throwAway();
});

test("the page itself lets nothing in: no markup from text, no script and no request to elsewhere", async () => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "officer");
  const outcomes = await page.evaluate(async () => {
    const refused = async (work: () => unknown): Promise<boolean> => {
      try {
        await work();
        return false;
      } catch {
        return true;
      }
    };
    return {
      markup: await refused(() => (document.body.innerHTML = "<b>x</b>")),
      script: await refused(() => {
        const script = document.createElement("script");
        script.src = "data:text/javascript,window.hit=1";
        document.body.append(script);
      }),
      elsewhere: await refused(() => fetch("https://127.0.0.2:9/")),
    };
  });
  assert.deepEqual(outcomes, { markup: true, script: true, elsewhere: true });
  await tablet.throwAway();
});
