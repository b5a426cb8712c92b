import assert from "node:assert/strict";
import test from "node:test";

import type { Say } from "../src/app/text.ts";
import { openCase } from "../src/console/case.ts";
import { codeEnds, left, lookAgain, overdue } from "../src/console/due.ts";
import { ageName, answerName, countryName, languageName, outcomeName } from "../src/console/names.ts";
import { pathOf, squareOf } from "../src/console/square.ts";
import { OfflineError, ProblemError, type Api, type Bundles, type Problem } from "../src/platform/types.ts";

const now = Date.parse("2026-11-28T23:30:00Z");
const minute = 60_000;

test("a review is overdue when its day is over in UTC, and not on the day", () => {
  assert.equal(overdue("2026-11-28", now), false);
  assert.equal(overdue("2026-11-27", now), true);
  assert.equal(overdue("2026-11-28", now + 30 * minute), true);
});

test("time left is told in minutes, and in seconds when it is short", () => {
  assert.deepEqual(left(now + 9.5 * minute, now), { unit: "minutes", count: 9 });
  assert.deepEqual(left(now + minute, now), { unit: "minutes", count: 1 });
  assert.deepEqual(left(now + 59_100, now), { unit: "seconds", count: 60 });
  assert.deepEqual(left(now + 1, now), { unit: "seconds", count: 1 });
  assert.equal(left(now, now), undefined);
});

test("a wrong clock makes neither a code end at once nor the console look all the time", () => {
  const inTime = "2026-11-28T23:38:00Z";
  assert.equal(codeEnds(inTime, now), Date.parse(inTime));
  assert.equal(codeEnds("2026-11-28T20:00:00Z", now), now + 10 * minute);
  assert.equal(codeEnds("2026-11-29T20:00:00Z", now), now + 10 * minute);
  assert.equal(lookAgain(inTime, now), 8 * minute);
  assert.equal(lookAgain("2026-11-28T20:00:00Z", now), minute);
});

const say: Say = (id, values) => (values ? `${id} ${JSON.stringify(values)}` : id);

test("the two outcomes of a child are told apart", () => {
  const [presumed, atRisk] = ["presumed", "at_risk"].map((child) => outcomeName(say, `CHILD_PROTECTION/${child}`));
  assert.notEqual(presumed, atRisk);
  assert.match(presumed!, /outcome\.CHILD_PROTECTION\/presumed\.title.*review\.child\.presumed/);
  assert.equal(outcomeName(say, "RED"), "outcome.RED.title");
  assert.equal(outcomeName(say, undefined), "review.quarantined");
});

test("codes of languages and countries are told in the officer's language", () => {
  assert.equal(languageName("my", "en"), "Burmese");
  assert.equal(countryName(say, "TH", "fr"), "Thaïlande");
  assert.equal(countryName(say, "none", "en"), "review.stateless");
  assert.equal(countryName(say, "not a code", "en"), "not a code");
  assert.equal(answerName("TH", "en"), "Thailand");
  assert.equal(answerName("Under 18", "en"), "Under 18");
});

test("an age is told in the words of the questionnaire, or as its code", () => {
  const texts = { language: "en", instruments: { "toy@1.0.0": ["15 to 17"] }, messages: {} };
  const bundles = {
    instruments: () => [
      { ref: "toy@1.0.0", keys: ["items.A01.options.15_17"], questionnaire: { items: [{ id: "A01", records: "age_band" }] } },
    ],
    interview: (tag: string) => (tag === "en" ? texts : undefined),
  } as unknown as Bundles;
  assert.equal(ageName(bundles, { instrument: "toy@1.0.0", age_band: "15_17" }, "my"), "15 to 17");
  assert.equal(ageName(bundles, { instrument: "toy@1.0.0", age_band: "48p" }, "en"), "48p");
  assert.equal(ageName(bundles, { instrument: "toy@0.9.0", age_band: "15_17" }, "en"), "15_17");
});

test("a code for the camera has its three corners and room around it", () => {
  const { size, path } = squareOf("https://waymark.example/#enrol=3J7Q-2M0V-8X4N-6R1C-5T9W-2E7K-8P4");
  const corner = (x: number, y: number): RegExp => new RegExp(`M${x} ${y}h7v1h-7z.*M${x} ${y + 6}h7v1h-7z`);
  const far = size - 4 - 7;
  for (const [x, y] of [[4, 4], [far, 4], [4, far]] as const) assert.match(path, corner(x, y));
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    assert.ok(Number(x) >= 4 && Number(y) >= 4 && Number(y) < size - 4 && Number(x) + Number(length) <= size - 4);
  }
});

test("every dark field is drawn once", () => {
  assert.equal(pathOf([[true, true, false, true], [false, false, false, false], [false, true, true, true]]), "M0 0h2v1h-2zM3 0h1v1h-1zM1 2h3v1h-3z");
});

const problem = (status: number): ProblemError => new ProblemError({ status, code: "x" } as Problem);

/** An API that gives or throws what stands beside a path, and nothing else. */
const answers = (by: Readonly<Record<string, unknown>>): Api => ({
  get: async <T>(path: string): Promise<T> => {
    if (!(path in by)) throw new Error(`nobody expected ${path}`);
    if (by[path] instanceof Error) throw by[path];
    return by[path] as T;
  },
  post: () => Promise.reject(new Error("a case is only read")),
  del: () => Promise.reject(new Error("a case is only read")),
});

test("what nobody could score has nothing to explain", async () => {
  const review = { id: "rec_1", record: { status: "quarantined" } };
  assert.deepEqual(await openCase(answers({ "/v1/reviews/rec_1": review }), "rec_1"), { review });
});

test("a review is shown without what the server cannot tell, and not when the server fails", async () => {
  const review = { id: "rec_1", record: { status: "scored", device: "dev_1" } };
  const explanation = { outcome: "RED" };
  const with_ = (explained: unknown, devices: unknown): Api =>
    answers({ "/v1/reviews/rec_1": review, "/v1/records/rec_1/explanation": explained, "/v1/devices": devices });
  const tablets = { devices: [{ id: "dev_1", label: "tablet 7" }] };
  assert.deepEqual(await openCase(with_(explanation, tablets), "rec_1"), { review, explanation, tablet: "tablet 7" });
  assert.deepEqual(await openCase(with_(explanation, { devices: [] }), "rec_1"), { review, explanation, tablet: "dev_1" });
  assert.deepEqual(await openCase(with_(problem(404), problem(403)), "rec_1"), { review });
  await assert.rejects(openCase(with_(problem(503), tablets), "rec_1"), ProblemError);
  await assert.rejects(openCase(with_(new OfflineError(), tablets), "rec_1"), OfflineError);
});
