import assert from "node:assert/strict";
import test from "node:test";

import { codeOf, formOf } from "../src/app/paper/code.ts";
import { reader, speaker, worded } from "../src/app/text.ts";
import type { BundleInterview, LoadedInstrument } from "../src/platform/types.ts";

test("a message counts by the rules of its language", () => {
  const say = speaker("ru", { left: { one: "{{.Count}} вопрос", few: "{{.Count}} вопроса", many: "{{.Count}} вопросов", other: "{{.Count}} вопроса" } });
  assert.deepEqual([1, 3, 5, 21].map((Count) => say("left", { Count })), ["1 вопрос", "3 вопроса", "5 вопросов", "21 вопрос"]);
});

test("what a language lacks is said in another, and what nobody says is seen", () => {
  const say = speaker("th", { a: "ก" }, speaker("en", { a: "a", b: "b {{.X}}" }));
  assert.deepEqual([say("a"), say("b", { X: 1 }), say("b"), say("c")], ["ก", "b 1", "b {{.X}}", "c"]);
});

test("wording follows the person, and the officer's own words follow the officer", () => {
  const words = { polite: { default: "", woman: "ค่ะ", man: "ครับ" } };
  const text = { default: "ถาม {polite}", woman: "ถามหญิง {polite}" };
  assert.deepEqual(
    [worded(text, "", "", words), worded(text, "woman", "man", words), worded(text, "man", "woman", words), worded("x {nobody}", "", "", words)],
    ["ถาม", "ถามหญิง ครับ", "ถาม ค่ะ", "x"],
  );
});

test("a sector words options anew and nothing else", () => {
  const instrument = {
    ref: "toy@1.0.0",
    keys: ["items.C03.text", "items.C03.options.cs", "items.C03.options.it", "sectors.farm.C03.cs"],
  } as unknown as LoadedInstrument;
  const texts = { language: "en", messages: {}, instruments: { "toy@1.0.0": ["What?", "Calls", "Computers", "Harvest"] } } as unknown as BundleInterview;
  const read = reader(instrument, texts, { variant: "", officer: "", sector: "farm" });
  assert.deepEqual(
    ["items.C03.text", "items.C03.options.cs", "items.C03.options.it", "items.C04.text"].map(read),
    ["What?", "Harvest", "Computers", undefined],
  );
});

test("a printed form is found by its code, and a mistyped code finds none", () => {
  const forms = [
    { instrument: "triage-border@1.0.0", language: "my" },
    { instrument: "screen-fc@1.0.0", language: "zh-Hans" },
  ];
  const code = codeOf(forms[0]!);
  assert.match(code, /^TB-1\.0\.0-my-[0-9A-Z]{2}$/);
  assert.equal(formOf(` ${code.toLowerCase().replaceAll("-", " ")} `, forms), forms[0]);
  assert.equal(formOf(codeOf(forms[1]!), forms), forms[1]);
  for (let i = 0; i < code.length; i++) {
    if (!/[0-9A-Za-z]/.test(code[i]!)) continue;
    const wrong = code.slice(0, i) + (code[i] === "7" ? "8" : "7") + code.slice(i + 1);
    assert.equal(formOf(wrong, forms), undefined, wrong);
  }
});
