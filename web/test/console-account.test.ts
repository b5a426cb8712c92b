import assert from "node:assert/strict";
import test from "node:test";

import { accountOf, type Element, type Evidence, type Move } from "../src/console/account.ts";

const line = (code: string, kind: string, element?: string, strength?: "S" | "M" | "W" | "-"): Evidence => ({
  code,
  class: kind,
  text: code,
  items: [],
  questions: [],
  ...(element ? { element } : {}),
  ...(strength ? { strength } : {}),
});
const element = (id: Element["element"], state: Element["state"]): Element => ({
  element: id,
  state,
  text: id,
  state_text: state,
  codes: [],
  source: "",
});
const question = { item: "C04", text: "?", source: "" };
const nothing = { evidence: [], missing: [] };

test("what is known is told by legal element, what to act on first", () => {
  const { known } = accountOf({
    ...nothing,
    evidence: [
      line("LEAD_CHAT", "lead"),
      line("EX01", "indicator", "purpose", "S"),
      line("G_ECON", "gate"),
      line("CD01", "indicator", "means", "W"),
      line("ACT_HARBOUR", "act", "act"),
      line("X_COERCED_ROLE", "role"),
      line("U_DANGER", "urgent"),
    ],
  });
  assert.deepEqual(
    known.map(({ side, lines }) => [side, ...lines.map(({ code }) => code)]),
    [
      ["urgent", "U_DANGER"],
      ["act", "ACT_HARBOUR"],
      ["means", "CD01"],
      ["purpose", "EX01"],
      ["role", "X_COERCED_ROLE"],
      ["context", "G_ECON"],
      ["lead", "LEAD_CHAT"],
    ],
  );
});

test("every line of evidence is told once, also of a class that is not known here", () => {
  const evidence = ["indicator", "act", "purpose", "gate", "lead", "role", "urgent", "something_new"].map((kind) => line(kind, kind));
  const told = accountOf({ ...nothing, evidence }).known.flatMap(({ lines }) => lines.map(({ code }) => code));
  assert.deepEqual(told.sort(), evidence.map(({ code }) => code).sort());
});

test("the stronger comes first, and equals stay in the order of the rules", () => {
  const evidence = [
    line("w", "indicator", "means", "W"),
    line("none", "indicator", "means", "-"),
    line("s1", "indicator", "means", "S"),
    line("m", "indicator", "means", "M"),
    line("s2", "indicator", "means", "S"),
  ];
  const [means] = accountOf({ ...nothing, evidence }).known;
  assert.deepEqual(means?.lines.map(({ code }) => code), ["s1", "s2", "m", "w", "none"]);
  assert.equal(evidence[0]?.code, "w", "what was given is not changed");
});

test("an element that is not noted is not known, and never told as not there", () => {
  const moves: Move[] = [
    { element: "means", text: "means", toward: "trafficking", toward_text: "Trafficking", questions: [question] },
    { element: "purpose", text: "purpose", questions: [] },
  ];
  const account = accountOf({
    ...nothing,
    spectrum: {
      position: "unclear",
      title: "",
      text: "",
      elements: [
        element("act", "present"),
        element("means", "absent"),
        element("purpose", "partial"),
        element("coercion", "not_answered"),
        element("breach", "not_shown"),
      ],
      would_move: moves,
    },
  });
  assert.deepEqual(
    account.gaps.map((gap) => [gap.element.element, gap.move?.questions.length]),
    [
      ["means", 1],
      ["purpose", 0],
      ["coercion", undefined],
      ["breach", undefined],
    ],
  );
});

test("questions without an answer and pairs to ask again are told as they come", () => {
  const missing = [{ question, reason: "declined", reason_text: "the person prefers not to say" }] as const;
  const pair = { pair: "F01/F07", first: { ...question, item: "F01" }, second: { ...question, item: "F07" }, source: "" };
  const account = accountOf({ evidence: [], missing, re_ask: [pair] });
  assert.deepEqual(account.missing, missing);
  assert.deepEqual(account.conflicting, [pair]);
  assert.deepEqual(accountOf(nothing), { known: [], gaps: [], missing: [], conflicting: [] });
});
