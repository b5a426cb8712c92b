import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { decisionOf, kindsFor, outcomesBeside, proposedBy, protectsLess, REASONS, type Kind, type Outcome } from "../src/console/decide.ts";

// Tests run in the folder web.
const goSource = readFileSync("../screening/outcome.go", "utf8");
const contract = readFileSync("../openapi/openapi.yaml", "utf8");

/** The ladders of the engine, read from its source: what protects least comes first. */
function ladders(): Outcome[][] {
  const names = new Map([...goSource.matchAll(/^\t(\w+) +Outcome = "([^"]+)"/gm)].map((m) => [m[1]!, m[2]! as Outcome]));
  const list = /var ladders = \[\]\[\]Outcome\{\n([^}]*\},\n)+\}/.exec(goSource)?.[0] ?? "";
  return [...list.matchAll(/^\t\{(.*)\},$/gm)].map((m) => m[1]!.split(", ").map((name) => names.get(name)!));
}

const listed = (schema: string, property: string): string[] => {
  const from = contract.indexOf(`\n    ${schema}:\n`);
  const list = new RegExp(`${property}[\\s\\S]*?enum: \\[([^\\]]*)\\]`).exec(contract.slice(from))?.[1];
  assert.ok(list, `${schema} ${property}`);
  return list.split(", ");
};

test("the engine's ladders are the console's: the same outcomes in the same order", () => {
  const want = ladders();
  assert.deepEqual(want.map((l) => l.length), [4, 8]);
  for (const ladder of want) {
    for (const [i, o] of ladder.entries()) {
      assert.deepEqual(outcomesBeside(o), ladder.filter((other) => other !== o).reverse());
      for (const [j, other] of ladder.entries()) assert.equal(protectsLess(o, other), i < j, `${o} ${other}`);
    }
  }
});

test("an outcome of a triage and one of a full screening are not compared", () => {
  assert.equal(protectsLess("NO_TRIGGER", "STRONG_TIP"), false);
  assert.equal(protectsLess("NONE_FOUND", "RED"), false);
  assert.deepEqual(outcomesBeside(undefined), []);
});

test("every outcome, kind and reason of the contract has its place", () => {
  assert.deepEqual(ladders().flat().sort(), listed("Outcome", "type: string").sort());
  assert.deepEqual(Object.keys(REASONS).sort(), listed("Decision", "kind").sort());
  assert.deepEqual([...new Set(Object.values(REASONS).flat())].sort(), listed("Decision", "reason").sort());
});

test("reasons fit their decisions as in the server's table", () => {
  const review = readFileSync("../screening/review/review.go", "utf8");
  const codes = new Map([...review.matchAll(/^\t(\w+) +(?:Kind|Reason) += "([^"]+)"/gm)].map((m) => [m[1]!, m[2]!]));
  const rows = [...(/var reasons = .*\n([\s\S]*?)\n\}/.exec(review)?.[1] ?? "").matchAll(/^\t(\w+): +\{(.*)\},$/gm)];
  assert.deepEqual(rows.map((m) => codes.get(m[1]!)), ["ask_for_more", "escalate", "amend"]);
  for (const [, kind, reasons] of rows) {
    assert.deepEqual(REASONS[codes.get(kind!) as Kind], reasons!.split(", ").map((name) => codes.get(name)));
  }
});

test("a proposed lowering is answered, and nothing else is done with it", () => {
  assert.deepEqual(kindsFor({ state: "awaiting_second", outcome: "POSSIBLE" }), ["agree", "disagree"]);
  assert.deepEqual(kindsFor({ state: "open", outcome: "POSSIBLE" }), ["confirm", "ask_for_more", "escalate", "amend"]);
  assert.deepEqual(kindsFor({ state: "awaiting_interview", outcome: "RED" }), ["confirm", "ask_for_more", "escalate", "amend"]);
  assert.deepEqual(kindsFor({ state: "decided", outcome: "RED" }), []);
});

test("whoever proposed a lowering does not answer it", () => {
  const amend = (by: string) => ({ day: "2026-11-28", by, kind: "amend" });
  const history = [amend("usr_1"), { day: "2026-11-28", by: "usr_2", kind: "disagree" }, amend("usr_2")];
  assert.equal(proposedBy("usr_2", { state: "awaiting_second", history }), true);
  assert.equal(proposedBy("usr_1", { state: "awaiting_second", history }), false);
  assert.equal(proposedBy("usr_2", { state: "open", history }), false);
  assert.equal(proposedBy("", { state: "awaiting_second", history: [] }), false);
});

test("what nobody could score has no outcome to amend", () => {
  assert.deepEqual(kindsFor({ state: "open" }), ["confirm", "ask_for_more", "escalate"]);
  assert.equal(decisionOf({ state: "open" }, { kind: "amend", reason: "entry_mistake", outcome: "RED" }), undefined);
});

test("a decision is complete before it can be taken", () => {
  const review = { state: "open", outcome: "POSSIBLE" } as const;
  assert.equal(decisionOf(review, {}), undefined);
  assert.deepEqual(decisionOf(review, { kind: "confirm" }), { kind: "confirm" });
  assert.equal(decisionOf(review, { kind: "escalate" }), undefined);
  assert.equal(decisionOf(review, { kind: "escalate", reason: "distress" }), undefined);
  assert.deepEqual(decisionOf(review, { kind: "escalate", reason: "danger" }), { kind: "escalate", reason: "danger" });
  assert.equal(decisionOf(review, { kind: "amend", reason: "entry_mistake" }), undefined);
  assert.equal(decisionOf(review, { kind: "amend", outcome: "LABOUR" }), undefined);
  assert.equal(decisionOf(review, { kind: "amend", reason: "entry_mistake", outcome: "POSSIBLE" }), undefined);
  assert.equal(decisionOf(review, { kind: "amend", reason: "entry_mistake", outcome: "RED" }), undefined);
  assert.deepEqual(decisionOf(review, { kind: "amend", reason: "entry_mistake", outcome: "LABOUR" }), {
    kind: "amend",
    reason: "entry_mistake",
    outcome: "LABOUR",
  });
});

test("what was chosen for another kind of decision is not sent", () => {
  const chosen = { reason: "entry_mistake", outcome: "LABOUR" } as const;
  assert.deepEqual(decisionOf({ state: "open", outcome: "POSSIBLE" }, { kind: "confirm", ...chosen }), { kind: "confirm" });
  assert.deepEqual(decisionOf({ state: "awaiting_second", outcome: "POSSIBLE" }, { kind: "agree", ...chosen }), { kind: "agree" });
});
