// A walk through every screen of the tablet, for whoever wants to look at each.

import type { Page } from "playwright-core";

import { answer, begin, choose, item, openingYes, screen, signIn, type Answers, type Who } from "./officer.ts";

export interface Walk {
  readonly page: Page;
  readonly who: Who;
  /** The officer's language, and the person's. */
  readonly officer: string;
  readonly person: string;
  /** Looks at a screen; a question comes by its id. */
  readonly look: (name: string) => Promise<void>;
}

/** What is answered on the walk: the person is hurt, and was kept. */
const TOLD: Answers = { T01: ["21_29"], T02: ["hurt", "basic"], T03: ["no"], T04: ["diff"], T05: ["taken"], T06: ["locked"], T12: ["no"] };

/** The question whose answer is a country. */
const COUNTRY = "B03";

const back = (page: Page): Promise<void> => page.locator("main .row.bottom .button").first().click();

/** Goes from home over what is around an interview, back to home, in the officer's language. */
export async function around({ page, who, officer, person, look }: Walk): Promise<void> {
  await page.locator("#languages").click();
  await page.locator("#content select").first().selectOption(officer);
  await page.locator(`html[lang="${officer}"]`).waitFor();
  await look("languages");
  await back(page);
  await look("home");
  for (const name of ["delivery", "paper", "from-paper"]) {
    await page.locator(`#${name}`).click();
    if (name === "paper") await page.locator("#content select").last().selectOption(person);
    await look(name);
    await back(page);
  }
  await page.locator("#lock").click();
  await page.locator("#sign-in").waitFor();
  await look("sign-in");
  await signIn(page, who);
}

/** Holds a triage from its setup to the card, and seals it. */
export async function triage({ page, who, person, look }: Walk): Promise<void> {
  await page.locator('.tile[data-instrument="triage-border"]').click();
  await page.locator("#content select").first().selectOption(person);
  await look("setup");
  await page.locator("#begin-interview").click();
  await page.locator("#item-P1").waitFor();
  await look("opening");
  await openingYes(page);
  await questions(page, look);
  await page.locator("#stop").click();
  await look("pause");
  await page.locator("#hand-over").click();
  await look("hand-over");
  await page.locator("#hand-it-over").click();
  await page.locator("#greeted").waitFor();
  await look("greeting");
  await page.locator("#greeted").click();
  await page.locator("#next").waitFor();
  await look("alone");
  while (await page.locator("#next").count()) await answer(page, TOLD);
  await page.locator("#take-back").waitFor();
  await look("returned");
  await page.locator("#take-back").click();
  await signIn(page, who);
  for (let now = await screen(page); now !== "closing"; now = await screen(page)) {
    await page.locator({ urgent: "#seen", pause: "#finish", ask: "#stop", result: "#seal" }[now]).click();
  }
  await look("closing");
  for (const box of await page.locator(".officer-item").all()) await box.locator(".choice").last().click();
  await page.locator("#show-result").click();
  await page.locator("#seal").waitFor();
  await look("result");
  await page.locator(".country summary").click();
  await look("law");
  await page.locator("#card").click();
  await look("card");
  await back(page);
  await page.locator("#seal").click();
  await page.locator("dialog[open]").waitFor();
  await look("sealing");
  await page.locator("dialog[open] .grave").click();
  await page.locator("#done").waitFor();
  await look("done");
  await page.locator("#done").click();
}

/** How many questions the walk looks at before the person is left alone with the rest. */
const QUESTIONS = 5;

/** Looks at the first questions, with an answer chosen, and at the urgent need that comes between. */
async function questions(page: Page, look: Walk["look"]): Promise<void> {
  for (let put = 0; put < QUESTIONS; ) {
    switch (await screen(page)) {
      case "urgent":
        await look("urgent");
        await page.locator("#seen").click();
        break;
      case "pause":
        await look("settled");
        await page.locator("#go-on").click();
        break;
      default: {
        const id = await item(page);
        await choose(page, TOLD);
        await look(id);
        await page.locator("#next:enabled").click();
        put++;
      }
    }
  }
}

/** Holds a full screening, which has the longest answers, until the person is asked for a country and the list is open. */
export async function longQuestions({ page, person, look }: Walk): Promise<void> {
  await begin(page, "screen-fc", person);
  for (;;) {
    const now = await screen(page);
    if (now !== "ask") {
      await page.locator({ urgent: "#seen", pause: "#go-on", closing: "nothing more is put", result: "" }[now]).click();
      continue;
    }
    const id = await item(page);
    if (id === COUNTRY) {
      await page.locator(`.choice:has(input[name="${id}"][value="iso"])`).click();
      return look("countries");
    }
    await choose(page, {});
    await look(id);
    await page.locator("#next:enabled").click();
  }
}
