import assert from "node:assert/strict";
import test from "node:test";

import { holds, unmet } from "../src/app/interview/condition.ts";
import { before, begin, postpone, put, replied, reply, tick } from "../src/app/interview/draft.ts";
import { consentOf, goOn, itemOf, next, notYet, start, unseen, variantOf } from "../src/app/interview/flow.ts";
import { resultOf } from "../src/app/interview/result.ts";
import { submissionOf } from "../src/app/interview/submission.ts";
import { readProgram } from "../src/screening/index.ts";
import type { LoadedInstrument } from "../src/platform/types.ts";
import { toy } from "./toy.ts";

const option = (code: string, evidence: string[] = [], accepts?: string) => ({ code, label: code, evidence, ...(accepts ? { accepts } : {}) });

/** The toy program of one question, with a protocol of two consents around it. */
const instrument = {
  ref: "toy@1.0.0",
  keys: [],
  leftOut: [],
  sectors: [],
  selfTest: "passed",
  program: readProgram(toy()),
  steps: {
    outcomes: { REFER: "same_day", NO_TRIGGER: "none" },
    urgent: "now",
    plain: ["CD01"],
    second: { NO_TRIGGER: ["asks"] },
  },
  questionnaire: {
    id: "toy",
    version: "1.0.0",
    title: "Toy",
    items: [
      { id: "A01", type: "many", text: "?", source: "", options: [option("taken"), option("hurt"), option("iso", [], "iso-3166-1")] },
    ],
    prefill: [{ from: "before", item: "T01", into: "A01", options: { yes: "taken" } }],
    protocol: {
      start_when: { all: [{ item: "P1", any: ["yes"] }, { item: "P4", any: ["yes"] }] },
      opening: [],
      closing: [],
    },
  },
} as unknown as LoadedInstrument;

const setup = { instrument: "toy@1.0.0", sector: "", language: "my", officer: "", address: "", interpreter: true, caseReference: "" } as const;
const agreed = reply(reply(reply(begin(setup), "P1", ["yes"]), "P4", ["yes"]), "P5", ["yes"]);
// The toy has no protocol items in its program; what follows keeps to its one question.
const held = begin(setup);

test("an interview begins only when the place is private and the person agrees to talk", () => {
  assert.deepEqual(notYet(instrument, begin(setup)), ["P1", "P4"]);
  assert.deepEqual(notYet(instrument, reply(begin(setup), "P1", ["yes"])), ["P4"]);
  assert.deepEqual(notYet(instrument, reply(reply(begin(setup), "P1", ["no"]), "P4", ["yes"])), ["P1"]);
  assert.deepEqual(notYet(instrument, agreed), []);
});

test("the two consents are apart", () => {
  assert.deepEqual(consentOf(agreed), { interview: true, data: true });
  assert.deepEqual(consentOf(reply(agreed, "P5", ["no"])), { interview: true, data: false });
  assert.deepEqual(consentOf(reply(agreed, "P4", ["no"])), { interview: false, data: true });
});

test("a condition on an item without an answer does not hold", () => {
  const answers = { A: ["x", "y"] };
  for (const [condition, want] of [
    [{ item: "A", any: ["y"] }, true],
    [{ item: "A", only: ["x"] }, false],
    [{ item: "A", only: ["x", "y"] }, true],
    [{ item: "B", any: ["x"] }, false],
    [{ item: "B", only: ["x"] }, false],
    [{ not: { item: "B", any: ["x"] } }, true],
    [{ any_of: [{ item: "B", any: ["x"] }, { item: "A", any: ["x"] }] }, true],
    [{ all: [{ item: "B", any: ["x"] }, { item: "A", any: ["x"] }] }, false],
    [{}, false],
  ] as const) {
    assert.equal(holds(condition, answers), want, JSON.stringify(condition));
  }
  assert.deepEqual(unmet({ all: [{ item: "B", any: ["x"] }, { item: "A", any: ["x"] }] }, answers), ["B"]);
});

test("prefer not to say and do not know are no answers, and one takes the other's place", () => {
  const declined = reply(held, "A01", "declined");
  assert.deepEqual([declined.answers, declined.missing], [{}, { A01: "declined" }]);
  const answered = reply(declined, "A01", ["taken"]);
  assert.deepEqual([answered.answers, answered.missing], [{ A01: ["taken"] }, {}]);
  assert.deepEqual([reply(answered, "A01", undefined).answers, replied(answered, "A01")], [{}, ["taken"]]);
  assert.deepEqual(reply(answered, "A01", []).answers, {}, "no tick left is no answer");
});

test("none of these stands alone, and never silently beside another", () => {
  const none = new Set(["none"]);
  assert.deepEqual(tick([], "a", true, none), ["a"]);
  assert.deepEqual(tick(["a"], "b", true, none), ["a", "b"]);
  assert.deepEqual(tick(["a", "b"], "none", true, none), ["none"]);
  assert.deepEqual(tick(["none"], "a", true, none), ["a"]);
  assert.deepEqual(tick(["a"], "a", true, none), []);
  assert.deepEqual(tick(["a"], "b", false, none), ["b"]);
});

test("a question put later comes again when the others are through", () => {
  const first = goOn(instrument, held);
  assert.deepEqual([first.step.kind, first.draft.at], ["put", "A01"]);
  const later = postpone(first.draft);
  assert.deepEqual([later.at, later.put, later.later], ["", [], ["A01"]]);
  assert.deepEqual(goOn(instrument, later).draft.at, "A01");
});

test("when everything was asked, what the officer notes comes last", () => {
  const done = reply(put(held, "A01"), "A01", ["hurt"]);
  assert.deepEqual(next(instrument, { ...done, offeredStop: true }), { kind: "no_more" });
  assert.equal(goOn(instrument, { ...done, offeredStop: true }).draft.phase, "closing");
});

test("it is possible to go back to what was put before", () => {
  const two = put(put(held, "A01"), "A02");
  assert.equal(before(two), "A01");
  assert.equal(before(put(two, "A01")), undefined);
  assert.equal(before({ ...two, at: "" }), "A02");
});

test("an urgent need is shown once, and goes before the outcome", () => {
  const hurt = reply(held, "A01", ["hurt"]);
  assert.deepEqual(unseen(instrument, hurt), ["U_MEDICAL"]);
  assert.deepEqual(unseen(instrument, { ...hurt, seen: ["U_MEDICAL"] }), []);
  const r = resultOf(instrument, hurt);
  assert.deepEqual([r.outcome, r.clock, r.urgent], ["NO_TRIGGER", "now", ["U_MEDICAL"]]);
});

test("a result tells signs and next steps, and has no number and no role in it", () => {
  const r = resultOf(instrument, reply(held, "A01", ["taken"]));
  assert.deepEqual([r.outcome, r.clock, r.signs, r.second], ["REFER", "same_day", ["CD01"], []]);
  assert.deepEqual(
    Object.keys(r).sort(),
    ["again", "clock", "needs", "open", "outcome", "second", "signs", "then", "urgent"],
  );
});

test("what the triage was told is carried over to be confirmed, not to be asked again", () => {
  const earlier = { instrument: "before", version: "1.0.0", answers: { T01: ["yes"], T02: ["no"] } };
  const d = start(instrument, { ...setup, earlier });
  assert.deepEqual([d.answers, d.toConfirm], [{ A01: ["taken"] }, ["A01"]]);
  assert.deepEqual(goOn(instrument, d).draft.at, "A01");
  assert.deepEqual(reply(d, "A01", ["hurt"]).toConfirm, [], "another answer is a confirmation of its own");
  const other = start(instrument, { ...setup, earlier: { ...earlier, answers: { T01: ["maybe"] } } });
  assert.deepEqual([other.answers, other.toConfirm], [{}, []], "what has no option here is asked");
});

test("a form from paper is entered from top to bottom", () => {
  const d = start(instrument, { ...setup, paperDay: "2026-11-20" });
  assert.deepEqual(next(instrument, d), { kind: "put", item: "A01", left: 1 });
  assert.deepEqual(next(instrument, put(d, "A01")), { kind: "no_more" });
});

test("a submission holds what the contract names, and no more than was said", () => {
  const d = reply({ ...held, address: "woman", caseReference: " MS-1 " }, "A01", ["ET"]);
  assert.deepEqual(submissionOf(instrument, d, "2026-11-28"), {
    instrument: "toy",
    version: "1.0.0",
    language: "my",
    interpreter: true,
    consent: { interview: false, data: false },
    address: "woman",
    nationality: "ET",
    finished_on: "2026-11-28",
    answers: { A01: ["ET"] },
    claimed: { outcome: "NO_TRIGGER" },
    case_reference: "MS-1",
  });
  assert.equal(submissionOf(instrument, { ...d, paperDay: "2026-11-20" }, "2026-11-28")["finished_on"], "2026-11-20");
  assert.equal(itemOf(instrument, "A01")?.id, "A01");
  assert.equal(variantOf(instrument, d), "woman");
});
