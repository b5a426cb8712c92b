import assert from "node:assert/strict";
import test from "node:test";

import { assess, bound, encode, readProgram, ResponseError, standing, type Answers } from "../src/screening/index.ts";
import { toy } from "./toy.ts";

const program = readProgram(toy());
const faults = (answers: Answers, missing: Record<string, string> = {}): string[] => {
  try {
    encode(program, answers, missing);
    return [];
  } catch (error) {
    assert.ok(error instanceof ResponseError);
    return error.faults.map((f) => `${f.item} ${f.code}`);
  }
};

test("an answer that shows an indicator raises the outcome, and one that shows none does not lower it", () => {
  const outcomes = [[], ["hurt"], ["taken"], ["taken", "hurt"], ["taken", "TH"]].map((options) => {
    const answers: Answers = options.length > 0 ? { A01: options } : {};
    return assess(program, encode(program, answers, {}).chosen).outcome;
  });
  assert.deepEqual(outcomes, ["NO_TRIGGER", "NO_TRIGGER", "REFER", "REFER", "REFER"]);
});

test("an urgent need is shown whatever the outcome", () => {
  const a = assess(program, encode(program, { A01: ["hurt"] }, {}).chosen);
  assert.deepEqual([a.outcome, a.urgent, a.indicators], ["NO_TRIGGER", ["U_MEDICAL"], []]);
});

test("declined, unknown and not asked are no answers, and none of them closes the question", () => {
  for (const missing of ["declined", "unknown", "not_asked"]) {
    const responses = encode(program, {}, { A01: missing });
    assert.deepEqual(assess(program, responses.chosen).coverage, { answered: 0, applicable: 1 }, missing);
    assert.deepEqual(bound(program, responses), { open: true, upper: "REFER", settling: ["A01"] }, missing);
  }
});

test("prefer_not and dont_know may stand for an answer, alone", () => {
  assert.equal(encode(program, { A01: ["prefer_not"] }, {}).missing.get(0), "declined");
  assert.equal(encode(program, { A01: ["dont_know"] }, {}).missing.get(0), "unknown");
  assert.deepEqual(faults({ A01: ["taken", "prefer_not"] }), ["A01 mixed_answer"]);
});

test("nothing is open when the question is answered", () => {
  assert.deepEqual(bound(program, encode(program, { A01: ["hurt"] }, {})), {
    open: false,
    upper: "NO_TRIGGER",
    settling: [],
  });
});

test("a code of an outside list stands for its option", () => {
  assert.deepEqual(encode(program, { A01: ["ET"] }, {}).chosen, encode(program, { A01: ["iso"] }, {}).chosen);
  assert.deepEqual(faults({ A01: ["XX"] }), ["A01 unknown_option"]);
});

test("faults name the item and never what was answered", () => {
  assert.deepEqual(faults({ Z9: ["x"], A01: [] }, { constructor: "declined" }), [
    "A01 empty_answer",
    "? unknown_item",
    "? unknown_item",
  ]);
  assert.deepEqual(faults({ A01: ["hurt", "hurt"] }), ["A01 repeated_option"]);
  assert.deepEqual(faults({ A01: ["hurt"] }, { A01: "declined" }), ["A01 answered_and_missing"]);
  assert.deepEqual(faults({}, { A01: "toString" }), ["A01 unknown_missing"]);
  const secret = "a word that only this person would say";
  assert.throws(
    () => encode(program, { A01: [secret], [secret]: [] }, {}),
    (error: Error) => !error.message.includes(secret),
  );
});

test("an element says what was noted of it, and what could still show it", () => {
  const told = readProgram(
    toy((w) => {
      w.spectrum.at = 4;
      w.code.splice(3, Infinity, [0, 0, 0, 0], [7, 0, 6, 2], [18, 31, 0, 2], [9, 1, 8, 1], [18, 30, 0, 1], [0, 0, 0, 0]);
      w.code[1]![2] = 3;
    }),
  );
  const where = (answers: Answers, missing: Record<string, string> = {}) => standing(told, encode(told, answers, missing));
  const act = { id: "act", codes: [], items: [], toward: "unclear" };
  assert.deepEqual(where({ A01: ["taken"] }), {
    position: "unclear",
    elements: [{ id: "act", state: "present", codes: ["CD01"], items: [] }],
  });
  assert.deepEqual(where({ A01: ["hurt"] }), { position: "none", elements: [{ ...act, state: "absent" }] });
  assert.deepEqual(where({}), { position: "none", elements: [{ ...act, state: "not_answered", items: ["A01"] }] });
  assert.deepEqual(where({}, { A01: "declined" }), { position: "none", elements: [{ ...act, state: "not_answered" }] });
});

test("evaluating changes nothing that it was given", () => {
  const responses = encode(program, { A01: ["taken", "hurt", "iso"] }, {});
  const before = responses.chosen.slice();
  assess(program, responses.chosen);
  bound(program, responses);
  standing(program, responses);
  assert.deepEqual(responses.chosen, before);
});
