import assert from "node:assert/strict";
import test from "node:test";

import { day, isoDay, moment, time } from "../src/app/ui/time.ts";

const at = new Date(2026, 10, 28, 14, 5).getTime();

test("days and times are written as people write them", () => {
  assert.equal(day(at, "fr"), "28 novembre 2026");
  assert.match(time(at, "fr"), /14.05/);
  assert.match(day(at, "th"), /2026/, "the years are those of everybody else's papers");
});

test("where the browser does not know a language they are written in figures, never in English", () => {
  assert.deepEqual([day(at, "dv"), time(at, "dv"), moment(at, "dv")], ["2026-11-28", "14:05", "2026-11-28 14:05"]);
});

test("a day is the same everywhere", () => {
  assert.equal(day("2026-11-28", "dv"), "2026-11-28");
  assert.equal(isoDay(at), "2026-11-28");
});
