import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { openProgram, readProgram } from "../src/screening/index.ts";
import { edited, toy } from "./toy.ts";

test("a program that fits is read", () => {
  const p = readProgram(toy());
  assert.equal(p.instrument, "toy@1.0.0");
  assert.deepEqual(p.sorted.map((at) => p.codes[at]?.code), ["CD01", "U_MEDICAL"]);
});

const refusals: Record<string, [(wire: ReturnType<typeof edited>) => void, RegExp]> = {
  "another engine": [(w) => (w.engine = "2"), /made for engine "2"/],
  "an unknown instruction": [(w) => w.code.unshift([19, 0, 0, 0]), /instruction 0/],
  "a jump back": [(w) => w.code.unshift([1, 0, 0, 0]), /instruction 0/],
  "a jump out": [(w) => w.code.unshift([1, 0, 60_000, 0]), /instruction 0/],
  "an unknown item": [(w) => w.code.unshift([13, 9, 0, 0]), /instruction 0/],
  "an unknown row of evidence": [(w) => w.code.unshift([14, 0, 1, 0]), /instruction 0/],
  "an unknown code": [(w) => w.code.unshift([16, 0, 2, 0]), /instruction 0/],
  "an outcome that is not in the table": [(w) => w.code.unshift([18, 1, 0, 2]), /instruction 0/],
  "a count in the place of an outcome": [(w) => w.code.unshift([17, 1, 0, 1]), /instruction 0/],
  "no end": [(w) => w.code.pop(), /no end/],
  "no code": [(w) => w.code.splice(0), /no end/],
  "rules that begin outside": [(w) => (w.decide = 99), /outside the code/],
  "no items": [(w) => w.items.splice(0), /items/],
  "too many options": [(w) => w.items[0]!.options.push(...Array.from({ length: 29 }, String)), /options/],
  "no outcomes": [(w) => w.outcomes.splice(0), /table is empty/],
  "five dimensions": [(w) => w.dimensions.pop(), /dimensions/],
  "a finding in the place of an outcome": [(w) => (w.findings[0]![0] = 1), /another register/],
  "a spectrum that begins outside": [(w) => (w.spectrum.at = 6), /the spectrum begins outside/],
  "a position in a register of the decision": [(w) => (w.spectrum.position = 17), /the spectrum begins outside/],
  "no positions": [(w) => w.spectrum.positions.splice(0), /no position/],
  "an element in a register of the decision": [(w) => (w.spectrum.elements[0]!.register = 3), /another register/],
  "an element in a register that is not there": [(w) => (w.spectrum.elements[0]!.register = 64), /another register/],
  "an element in the register of the position": [(w) => (w.spectrum.elements[0]!.register = 30), /another register/],
  "an element of a code that is not there": [(w) => (w.spectrum.elements[0]!.codes[0] = 4), /an element names a code/],
  "a count in the register of the position": [(w) => w.code.unshift([17, 30, 0, 1]), /instruction 0/],
  "a count in the register of an element": [(w) => w.code.unshift([17, 31, 0, 1]), /instruction 0/],
  "a position that is not in the table": [(w) => w.code.unshift([18, 30, 0, 2]), /instruction 0/],
  "a state of an element that there is not": [(w) => w.code.unshift([18, 31, 0, 3]), /instruction 0/],
  "three words of codes": [(w) => w.spectrum.elements[0]!.codes.pop(), /the one form/],
  "no contradictions in a list": [(w) => w.contradictions.splice(0), /the one form/],
  "a side without options in a list": [(w) => w.contradictions[0]!.first.any!.splice(0), /the one form/],
  "an instrument without a name": [(w) => (w.contradictions[0]!.second.instrument = ""), /the one form/],
  "a pair that is written out as not differing": [(w) => (w.contradictions[1]!.differ = false), /the one form/],
  "an item that is written out as not late": [(w) => (w.items[0]!.late = false), /the one form/],
  "evidence of a code that is not there": [(w) => (w.evidence[0]![0] = 4), /evidence row/],
  "a mask with a sign": [(w) => (w.evidence[0]![0] = -1), /the one form/],
  "half a number": [(w) => (w.decide = 0.5), /the one form/],
  "a mark that is written out": [(w) => (w.items[0]!.many = false), /the one form/],
  "an empty list": [(w) => (w.items[0]!.accepts = []), /the one form/],
  "a name outside ASCII": [(w) => (w.lines[0] = "é"), /the one form/],
  "a name that another writer escapes": [(w) => (w.lines[0] = "<"), /the one form/],
};

for (const [name, [change, want]] of Object.entries(refusals)) {
  test(`a program is refused with ${name}`, () => {
    assert.throws(() => readProgram(toy(change)), want);
  });
}

test("a program is read without what helps to go on", () => {
  const p = readProgram(toy().replace(/"spectrum".*"code"/, '"code"'));
  assert.deepEqual([p.spectrum, p.contradictions], [undefined, undefined]);
});

const otherForms: Record<string, (encoded: string) => string> = {
  "no list of elements": (s) => s.replace(/"elements":.*?}\]/, '"elements":null'),
  "a space": (s) => s.replace(",", ", "),
  "a name given twice": (s) => s.replace("{", '{"engine":"1",'),
  "an unknown name": (s) => s.replace(/}$/, ',"more":1}'),
  "an escape": (s) => s.replace("CD01", "\\u0043D01"),
  "a long number": (s) => s.replace('"decide":', '"decide":0'),
  "a byte order mark": (s) => `\ufeff${s}`,
  "loose base64": (s) => s.replace(/("code":"[^"]*)"}$/, '$1 "}'),
  nothing: () => "",
};

for (const [name, change] of Object.entries(otherForms)) {
  test(`a program is refused in a form with ${name}`, () => {
    assert.notEqual(change(toy()), toy());
    assert.throws(() => readProgram(change(toy())));
  });
}

test("a document is opened only with the digest of its program", async () => {
  const digest = createHash("sha256").update(toy()).digest("hex");
  const opened = await openProgram(`{"digest":"${digest}","program":${toy()}}`);
  assert.equal(opened.instrument, "toy@1.0.0");
  for (const wrong of [
    `{"digest":"${digest}","program":${toy((w) => (w.lines[0] = "9"))}}`,
    `{"digest":"","program":${toy()}}`,
    `{"program":${toy()}}`,
    `{"digest":"${digest}"}`,
  ]) {
    await assert.rejects(openProgram(wrong), /digest/);
  }
});
