// Pictures of the main screens for the documentation, and for whoever wants to
// look at them: npm run pictures. Those in the repository have fewer colours:
// convert NAME.png -colors 64 PNG8:NAME.png

import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { Tablet } from "./browser.ts";
import { openAnswers, openReview, sitDown, speak, take } from "./desk.ts";
import { begin, interview, records, seal, setUp } from "./officer.ts";
import { Network, Server } from "./server.ts";
import { around, triage } from "./walk.ts";

const FOLDER = "../docs/pictures";

/** Officers' languages, each with the language of a person. */
const PAIRS = { en: "my", th: "ur", ur: "th", my: "ar" } as const;

/** What the screens of a walk are called as pictures; the others are left out. */
const PICTURES: Readonly<Record<string, string>> = {
  home: "home",
  setup: "setup",
  opening: "opening",
  T02: "question",
  urgent: "urgent",
  "hand-over": "hand-over",
  alone: "alone",
  result: "result",
  card: "card",
  delivery: "delivery",
};

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    scrollTo(0, 0);
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: "disabled", caret: "hide" });
}

let server: Server;
let network: Network;

before(async () => {
  server = await Server.start();
  network = await Network.before(server);
});
after(async () => {
  await network.close();
  await server.stop();
});

test("pictures of the main screens", async () => {
  const tablet = await Tablet.new(network.origin);
  await mkdir(FOLDER, { recursive: true });
  const page = await setUp(server, tablet, "caseworker", ["th", "ur", "my", "ar"]);
  for (const [officer, person] of Object.entries(PAIRS)) {
    const look = async (name: string): Promise<void> => {
      const picture = PICTURES[name];
      if (picture) await shoot(page, `${officer}-${picture}`);
    };
    const walk = { page, who: "caseworker", officer, person, look } as const;
    await around(walk);
    await triage(walk);
  }
  await begin(page, "screen-fc");
  await interview(page, { B01: ["30_47"], C04: ["entirely"], C06: ["pay"], E01: ["chat"], E02: ["punished"], F01: ["never"], I04: ["no"], J03: ["no"] });
  await seal(page);
  await records(network, 5);
  const desk = await sitDown(network.origin, "supervisor");
  for (const language of Object.keys(PAIRS)) {
    await speak(desk.page, language);
    await shoot(desk.page, `${language}-queue`);
    await openReview(desk.page, 0);
    if (await desk.page.locator("#open-answers").count() === 0) await take(desk.page);
    await shoot(desk.page, `${language}-review`);
    await openAnswers(desk.page, "contradiction");
    await desk.page.locator("#back").click();
  }
  for (const browser of [desk.browser, tablet]) await browser.throwAway();
});
