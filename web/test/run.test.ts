import assert from "node:assert/strict";
import test from "node:test";

import { assess, readProgram } from "../src/screening/index.ts";
import { nothing } from "../src/screening/run.ts";
import { toy, type Instruction } from "./toy.ts";

const [REFER, END]: Instruction[] = [
  [18, 1, 0, 1],
  [0, 0, 0, 0],
];

/** Runs a few instructions on an answer to A01 and says whether they come to REFER. */
function refers(code: Instruction[], answer = 0): boolean {
  const program = readProgram(toy((w) => w.code.splice(0, Infinity, ...code)));
  const chosen = nothing();
  chosen[0] = answer;
  return assess(program, chosen).outcome === "REFER";
}

// What each jump does at its edges, as the comments beside the opcodes in
// screening/program.go say; "jumps" leaps over REFER.
const cover: Instruction[] = [
  [13, 0, 0, 0],
  [13, 0, 0, 0],
];
const jumps: [name: string, before: Instruction[], op: number, a: number, m: number, answer: number, jumps: boolean][] = [
  ["jump", [], 1, 0, 0, 0, true],
  ["any, with one of the options", [], 2, 0, 0b110, 0b011, true],
  ["any, with none of them", [], 2, 0, 0b110, 0b001, false],
  ["any, with the last bit", [], 2, 0, 2 ** 31, -(2 ** 31), true],
  ["not any, without an answer", [], 3, 0, 0b110, 0, true],
  ["not any, with one of the options", [], 3, 0, 0b110, 0b010, false],
  ["only, with some of the options", [], 4, 0, 0b110, 0b010, true],
  ["only, with another one too", [], 4, 0, 0b110, 0b011, false],
  ["only, without an answer", [], 4, 0, 0b110, 0, false],
  ["not only, without an answer", [], 5, 0, 0b110, 0, true],
  ["not only, with another one too", [], 5, 0, 0b110, 0b011, true],
  ["not only, with some of the options", [], 5, 0, 0b110, 0b010, false],
  ["code, evidenced", [[16, 0, 1, 0]], 6, 0, 0b10, 0, true],
  ["code, another one", [[16, 0, 0, 0]], 6, 0, 0b10, 0, false],
  ["not code, another one", [[16, 0, 0, 0]], 7, 0, 0b10, 0, true],
  ["not code, evidenced", [[16, 0, 1, 0]], 7, 0, 0b10, 0, false],
  ["least, exactly", [[18, 20, 0, 3]], 8, 20, 3, 0, true],
  ["least, one more", [[18, 20, 0, 3]], 8, 20, 4, 0, false],
  ["least, of a number with a sign", [], 8, 20, 2 ** 32 - 1, 0, true],
  ["less, exactly", [[18, 20, 0, 3]], 9, 20, 3, 0, false],
  ["less, one more", [[18, 20, 0, 3]], 9, 20, 4, 0, true],
  ["below, with nothing applicable", [], 10, 0, 50, 0, false],
  ["below, exactly", cover, 10, 0, 100, 1, false],
  ["below, a little", cover, 10, 0, 1, 0, true],
  ["not below, exactly", cover, 11, 0, 100, 1, true],
  ["not below, a little", cover, 11, 0, 1, 0, false],
];
for (const [name, before, op, a, m, answer, want] of jumps) {
  test(name, () => {
    const over = before.length + 2;
    assert.equal(refers([...before, [op, a, over, m], REFER!, END!], answer), !want);
  });
}

test("count adds the codes of a mask to what was counted", () => {
  const shown: Instruction[] = [
    [16, 0, 0, 0],
    [16, 0, 1, 0],
  ];
  for (const [least, want] of [[3, false], [4, true]] as const) {
    const code: Instruction[] = [...shown, [17, 20, 0, 0b10], [17, 20, 0, 0b11], [8, 20, 6, least], REFER!, END!];
    assert.equal(refers(code), want, `${least}`);
  }
});

test("an answer to an item that does not apply is ignored and named, and stays with whoever gave it", () => {
  const program = readProgram(
    toy((w) => {
      w.items.unshift({ id: "B01", options: ["yes"] });
      w.code.splice(0, Infinity, [12, 0, 0, 0], [12, 0, 0, 0], [12, 1, 0, 0], [15, 1, 0, 0], [0, 0, 0, 0]);
    }),
  );
  const chosen = nothing();
  chosen[0] = 1;
  chosen[1] = 1;
  const a = assess(program, chosen);
  assert.deepEqual([a.ignored, a.codes, a.coverage.answered], [["A01", "B01"], [], 0]);
  assert.deepEqual([chosen[0], chosen[1]], [1, 1]);
});

test("an item that does not apply and has no answer is not ignored", () => {
  const program = readProgram(toy((w) => w.code.unshift([12, 0, 0, 0], [1, 0, 2, 0])));
  assert.deepEqual(assess(program, nothing()).ignored, []);
});
