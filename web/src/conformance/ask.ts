// Says what to ask next and which pairs contradict, an interview a line, with
// the tablet's interpreter: node ask.js PROGRAM-DOCUMENT <interviews >results. A
// line that cannot be scored gives null.

import { readFile } from "node:fs/promises";

import { askNext } from "../screening/asknext.ts";
import { contradictions } from "../screening/contradictions.ts";
import { openProgram } from "../screening/program.ts";
import { responsesOf } from "./line.ts";
import { lines } from "./lines.ts";

const [file = ""] = process.argv.slice(2);
const program = await openProgram(await readFile(file, "utf8"));
const withheld = new Set(program.items.slice(0, 1).map((it) => it.id));
for await (const found of lines(process.stdin)) {
  let text = "";
  for (const line of found) {
    const responses = responsesOf(program, line);
    const told = responses && {
      next: askNext(program, responses),
      withheld: askNext(program, responses, withheld),
      again: contradictions(program, responses).map(({ first, second }) => `${first.item}/${second.item}`),
    };
    text += `${JSON.stringify(told ?? null)}\n`;
  }
  process.stdout.write(text);
}
