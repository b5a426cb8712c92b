// What people do with the app, as tests say it. Everything goes through the
// screens: the same buttons, the same waits.

import type { Page } from "playwright-core";

import type { Network, Server } from "./server.ts";
import type { Tablet } from "./browser.ts";

export const PASSWORDS = {
  officer: "demo-officer-password",
  caseworker: "demo-caseworker-password",
  supervisor: "demo-supervisor-password",
  supervisor2: "demo-supervisor2-password",
  administrator: "demo-administrator-password",
} as const;

export type Who = keyof typeof PASSWORDS;

/** How long a step may take before a test gives up on it. */
export const PATIENCE = 20_000;

/** Sets a new tablet up: enrols it, has it confirmed, signs somebody in and fetches languages. */
export async function setUp(server: Server, tablet: Tablet, who: Who = "officer", languages: readonly string[] = []): Promise<Page> {
  const page = await tablet.open(`#enrol=${await freshCode(server)}`);
  page.setDefaultTimeout(PATIENCE);
  await page.locator("#enrol").click();
  await confirm(server, await page.locator(".fingerprint").innerText());
  await page.locator("#check").click();
  await signIn(page, who);
  await page.locator(".tile:enabled").first().waitFor();
  if (languages.length > 0) await take(page, languages);
  return page;
}

/** A code of its own for every tablet, as an administrator makes it. */
export async function freshCode(server: Server): Promise<string> {
  const wanted = { site: "mae-sot", country: "TH", label: "tablet" };
  const { code } = await as(server, "administrator", "POST", "/v1/devices/enrolments", wanted);
  return String(code);
}

/** A supervisor confirms the one device whose digits are these. */
export async function confirm(server: Server, fingerprint: string): Promise<string> {
  const id = await deviceOf(server, fingerprint);
  await as(server, "supervisor", "POST", `/v1/devices/${id}/confirm`, { fingerprint });
  return id;
}

export async function deviceOf(server: Server, fingerprint: string): Promise<string> {
  const { devices } = (await as(server, "supervisor", "GET", "/v1/devices")) as { devices: { id: string; fingerprint: string }[] };
  const found = devices.find((d) => d.fingerprint.replaceAll(" ", "") === fingerprint.replaceAll(" ", ""));
  if (!found) throw new Error(`no device has the digits ${fingerprint}`);
  return found.id;
}

/** Calls the API as somebody, with a token that has no key. */
export async function as(server: Server, who: Who, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const origin = `http://127.0.0.1:${server.port}`;
  const response = await fetch(origin + path, {
    method,
    headers: { Authorization: `Bearer ${await bearer(origin, who)}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

export async function signIn(page: Page, who: Who): Promise<void> {
  const fields = page.locator("form input:not([type=checkbox])");
  await page.locator("#sign-in").waitFor();
  if ((await fields.count()) === 3) await fields.nth(0).fill("demo");
  await fields.nth((await fields.count()) - 2).fill(who);
  await fields.last().fill(PASSWORDS[who]);
  await page.locator("#sign-in").click();
  await page.locator("#lock").waitFor();
}

/** Fetches languages by their tags. */
export async function take(page: Page, languages: readonly string[]): Promise<void> {
  await page.locator("#languages").click();
  for (const tag of languages) await page.locator(`.check:has(input[name="take-${tag}"]) input`).check();
  await page.locator("#take").click();
  await page.locator("#take:enabled").waitFor();
  for (const tag of languages) await page.locator(`.check:has(input[name="take-${tag}"]) small.here`).waitFor();
  await page.locator(".row.bottom .button").first().click();
}

/** Begins an interview, with the checks before it answered. */
export async function begin(page: Page, instrument: string, language = "en", address = "woman"): Promise<void> {
  await page.locator(`.tile[data-instrument="${instrument}"]`).click();
  await page.locator("select").first().selectOption(language);
  if (instrument !== "child-module") await page.locator(`.choice:has(input[value="${address}"])`).click();
  await page.locator("#begin-interview").click();
  await openingYes(page);
}

/** Answers the checks before the questions so that the interview may begin. */
export async function openingYes(page: Page, keep = true): Promise<void> {
  await page.locator("#item-P1").waitFor();
  for (const item of await page.locator(".officer-item").all()) {
    const id = await item.getAttribute("id");
    await item.locator(".choice").nth(id === "item-P5" && !keep ? 1 : 0).click();
  }
  await page.locator("#begin").click();
}

/** What to answer: options by item; the last option of anything else. */
export type Answers = Readonly<Record<string, readonly string[] | "declined">>;

/** The screens that come up in an interview, by what only they have. */
const SCREENS = { ask: "#next", urgent: "#seen", pause: "#go-on", closing: "#show-result", result: "#seal" } as const;
type Screen = keyof typeof SCREENS;

export async function screen(page: Page): Promise<Screen> {
  await page.locator(Object.values(SCREENS).join(", ")).first().waitFor();
  for (const [name, selector] of Object.entries(SCREENS)) {
    if (await page.locator(selector).count()) return name as Screen;
  }
  throw new Error("none of the screens is there");
}

/** The item on the screen. */
export const item = (page: Page): Promise<string> =>
  page.locator(".question .choices input").first().getAttribute("name").then((name) => name ?? "");

/** Answers the question on the screen and goes on. */
export async function answer(page: Page, answers: Answers): Promise<string> {
  const id = await choose(page, answers);
  await page.locator("#next:enabled").click();
  return id;
}

/** Answers the question on the screen. */
export async function choose(page: Page, answers: Answers): Promise<string> {
  const id = await item(page);
  const wanted = answers[id];
  const choices = page.locator(".question .choices .choice");
  if (wanted === "declined") await page.locator(".replies .button").first().click();
  else if (wanted) {
    for (const option of wanted) await page.locator(`.question .choice:has(input[value="${option}"])`).click();
  } else await choices.last().click();
  return id;
}

/** Goes through the questions to the result; stops early if told to. */
export async function interview(page: Page, answers: Answers, { questions = 200 } = {}): Promise<string[]> {
  const put: string[] = [];
  for (let steps = 0; steps < 400; steps++) {
    switch (await screen(page)) {
      case "urgent":
        await page.locator("#seen").click();
        break;
      case "pause":
        await page.locator(put.length >= questions ? "#finish" : "#go-on").click();
        break;
      case "ask":
        if (put.length >= questions) {
          await page.locator("#stop").click();
          break;
        }
        put.push(await answer(page, answers));
        break;
      case "closing":
        for (const box of await page.locator(".officer-item").all()) await box.locator(".choice").last().click();
        await page.locator("#show-result").click();
        break;
      case "result":
        return put;
    }
  }
  throw new Error("the interview did not end");
}

/** Seals what is on the screen and goes home. */
export async function seal(page: Page): Promise<void> {
  await page.locator("#seal").click();
  await page.locator("dialog[open] .grave").click();
  await page.locator("#done").click();
}

/** How many finished interviews wait, by the delivery screen. */
export async function delivered(page: Page): Promise<boolean> {
  await page.locator("#delivery").click();
  await page.locator("#waiting").waitFor();
  const waiting = await page.locator("#send:enabled").count();
  await page.locator(".row.bottom .button").first().click();
  return waiting === 0;
}

/** Waits until the server has a number of records, as a supervisor sees them. */
export async function records(network: Network, many: number): Promise<readonly Record<string, unknown>[]> {
  const token = await bearer(network.origin, "supervisor");
  let found: Record<string, unknown>[] = [];
  for (let tries = 0; tries < 60; tries++) {
    const response = await fetch(`${network.origin}/v1/records?limit=200`, { headers: { Authorization: `Bearer ${token}` } });
    found = ((await response.json()) as { records: Record<string, unknown>[] }).records;
    if (found.length >= many) return found;
    await new Promise((again) => setTimeout(again, 500));
  }
  throw new Error(`the server has ${found.length} records, not ${many}`);
}

/** An access token without a key, which the demo gives. */
export async function bearer(origin: string, who: Who): Promise<string> {
  const response = await fetch(`${origin}/v1/auth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ grant_type: "password", agency: "demo", name: who, password: PASSWORDS[who] }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
