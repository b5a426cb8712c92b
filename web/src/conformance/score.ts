// Scores interviews as "waymark instrument score" does, with the tablet's
// interpreter: node score.js PROGRAM-DOCUMENT <interviews >results. Exit status
// 1 when a line failed, 2 when it could not begin.

import { readFile } from "node:fs/promises";

import { openProgram } from "../screening/program.ts";
import { scoreLine } from "./line.ts";
import { lines } from "./lines.ts";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node score.js PROGRAM-DOCUMENT <interviews >results");
  process.exit(2);
}
const program = await openProgram(await readFile(file, "utf8")).catch((error: unknown) => {
  console.error(String(error));
  process.exit(2);
});
for await (const found of lines(process.stdin)) {
  let text = "";
  for (const line of found) {
    if (line.length === 0) continue;
    const written = scoreLine(program, line);
    if (written.failed) process.exitCode = 1;
    text += `${written.text}\n`;
  }
  process.stdout.write(text);
}
