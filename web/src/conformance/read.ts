// Reads programs that may be damaged: a line is a program in base64, a space
// and an interview. Writes "refused" or what "waymark instrument score" would,
// a tab, and what an assessment of nothing answered and the standing hold.

import { assess } from "../screening/assessment.ts";
import { bound } from "../screening/bound.ts";
import { readProgram, type Program } from "../screening/program.ts";
import { nothing } from "../screening/run.ts";
import { standing } from "../screening/standing.ts";
import { byName, responsesOf, scoreLine } from "./line.ts";
import { lines } from "./lines.ts";

function read(encoded: string): Program | undefined {
  try {
    return readProgram(encoded);
  } catch {
    return undefined;
  }
}

/** What an assessment of nothing answered holds besides a scored line, and where what was answered stands. */
function besides(p: Program, interview: Uint8Array): object {
  const answered = responsesOf(p, interview);
  const responses = { chosen: nothing(), missing: new Map() };
  const { line, strictLine, child, codes, strictDimensions } = assess(p, responses.chosen);
  const { upper } = bound(p, responses);
  return { line, strict_line: strictLine, child, codes, strict_dimensions: byName(strictDimensions), upper, standing: answered ? standing(p, answered) : undefined };
}

for await (const found of lines(process.stdin)) {
  for (const line of found) {
    const space = line.indexOf(" ".charCodeAt(0));
    const program = read(atob(new TextDecoder().decode(line.subarray(0, space))));
    const written = program
      ? `${scoreLine(program, line.subarray(space + 1)).text}\t${JSON.stringify(besides(program, line.subarray(space + 1)))}`
      : "refused";
    process.stdout.write(`${written}\n`);
  }
}
