// How long things take on a slow tablet. A time is told and never asserted: it
// says as much about the machine. What is worked out meanwhile has to be right.

import assert from "node:assert/strict";
import { test } from "node:test";

import { build } from "esbuild";
import type { Page } from "playwright-core";

import type * as Interpreter from "../src/screening/index.ts";
import { Tablet } from "./browser.ts";
import { as, PATIENCE, setUp } from "./officer.ts";
import { world } from "./world.ts";

/** How many times slower the browser is made; a cheap tablet is about this much slower than a desk. */
const SLOWER = 4;

/** Runs of which the median is told, and calls in each: the clock of a page is coarse. */
const RUNS = 15;
const CALLS = 200;

const here = world();

async function slow(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
}

/** The interpreter of the app as a script of its own; the app itself lets nobody reach it. */
async function interpreter(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["src/screening/index.ts"],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    globalName: "interpreter",
    target: "es2022",
  });
  return outputFiles[0]!.text;
}

interface Timed {
  readonly answers: Interpreter.Answers;
  readonly outcome: string;
  readonly first: number;
  readonly calls: readonly number[];
}

/** Scores a full screening again and again, by the program that is on the tablet. */
const timed = (page: Page): Promise<Timed> =>
  page.evaluate(
    async ([runs, calls]) => {
      const { assess, encode, openProgram } = (globalThis as unknown as { interpreter: typeof Interpreter }).interpreter;
      const core = await new Promise<{ instruments: { program: { instrument: string } }[] }>((resolve) => {
        const opening = indexedDB.open("waymark");
        opening.onsuccess = () => {
          const kept = opening.result.transaction("bundle").objectStore("bundle").get("core");
          kept.onsuccess = () => resolve(JSON.parse((kept.result as { body: string }).body));
        };
      });
      const { program: document } = core.instruments.find((i) => JSON.stringify(i.program).includes('"screen-fc@'))!;
      const program = await openProgram(JSON.stringify(document));
      const answers = Object.fromEntries(program.items.map((item) => [item.id, [item.options.at(-1)!]]));
      const { chosen } = encode(program, answers, {});
      const time = (times: number): number => {
        const start = performance.now();
        for (let i = 0; i < times; i++) assess(program, chosen);
        return (performance.now() - start) / times;
      };
      const first = time(1);
      const { outcome } = assess(program, chosen);
      return { answers, outcome, first, calls: Array.from({ length: runs }, () => time(calls)) };
    },
    [RUNS, CALLS] as const,
  );

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

test("a slow tablet comes to the result of the server", async (t) => {
  const tablet = await Tablet.new(here.network.origin);
  const page = await setUp(here.server, tablet, "caseworker");
  await slow(page);
  await page.evaluate(`${await interpreter()}; globalThis.interpreter = interpreter; undefined`);
  const { answers, outcome, first, calls } = await timed(page);
  const scored = await as(here.server, "caseworker", "POST", "/v1/assessments", { instrument: "screen-fc", answers });
  assert.equal(outcome, scored["outcome"]);
  assert.ok(Object.keys(answers).length > 50, "not a full screening");
  t.diagnostic(`scoring a full screening, ${SLOWER} times slower: ${(median(calls) * 1000).toFixed(0)} µs, ${first.toFixed(1)} ms the first time`);
  await tablet.throwAway();
});

test("a slow tablet starts without a network", async (t) => {
  const tablet = await Tablet.new(here.network.origin);
  await setUp(here.server, tablet, "officer", ["my", "ur"]);
  await tablet.close();
  here.network.down();
  const times: number[] = [];
  for (let starts = 0; starts < 5; starts++) {
    const page = await tablet.open();
    page.setDefaultTimeout(PATIENCE);
    await page.locator("#sign-in").waitFor();
    // Once more in a page that is slow from its first moment, with a service worker that has to start.
    await page.goto("about:blank");
    const session = await page.context().newCDPSession(page);
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.stopAllWorkers");
    await slow(page);
    const began = performance.now();
    await page.goto(tablet.origin);
    await page.locator("#sign-in").waitFor();
    times.push(performance.now() - began);
    await tablet.close();
  }
  t.diagnostic(`from nothing to the sign-in without a network, ${SLOWER} times slower: ${median(times).toFixed(0)} ms`);
  assert.deepEqual(tablet.complaints, []);
  await tablet.throwAway();
});
