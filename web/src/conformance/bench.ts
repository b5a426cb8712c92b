// Prints how long the interpreter takes and how large its bundle is:
// npm run bench -- PROGRAM-DOCUMENT. A report, with no limit to pass.

import { readFile, stat } from "node:fs/promises";

import { assess } from "../screening/assessment.ts";
import { bound } from "../screening/bound.ts";
import { openProgram } from "../screening/program.ts";
import { nothing, run } from "../screening/run.ts";

const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: node bench.js PROGRAM-DOCUMENT");
const document = await readFile(file, "utf8");
const program = await openProgram(document);

/** The median of 15 runs, in microseconds a call. */
function microseconds(calls: number, work: () => void): string {
  const runs = Array.from({ length: 15 }, () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) work();
    return ((performance.now() - start) * 1000) / calls;
  });
  return runs.sort((a, b) => a - b)[7]!.toFixed(2);
}

const full = nothing();
program.items.forEach((it, at) => (full[at] = 1 << (it.options.length - 1)));
const early = { chosen: nothing(), missing: new Map() };
const { size } = await stat(new URL("screening.js", import.meta.url));

console.log(`${program.instrument}: program ${document.length} bytes, interpreter ${size} bytes minified`);
console.log(`run of a full interview    ${microseconds(20_000, () => run(program, full))} µs`);
console.log(`its assessment             ${microseconds(5_000, () => assess(program, full))} µs`);
console.log(`bound of an empty interview ${microseconds(500, () => bound(program, early))} µs`);
