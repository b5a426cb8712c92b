import assert from "node:assert/strict";
import test from "node:test";

import { day, isoDay } from "../src/app/ui/time.ts";

test("a day is written as its language writes it, by the calendar that the record has", () => {
  assert.equal(day("2026-11-28", "en"), "November 28, 2026");
  assert.match(day("2026-11-28", "th"), /2026/, "not by the calendar of another era");
  assert.match(day("2026-11-28", "ar"), /2026|٢٠٢٦/);
});

test("where the browser does not know a language, a day is digits", () => {
  assert.equal(day("2026-11-28", "tlh"), "2026-11-28");
});

test("a day by the clock of this place is written as the contract has it", () => {
  assert.equal(isoDay(new Date(2026, 0, 5, 23, 59).getTime()), "2026-01-05");
});
