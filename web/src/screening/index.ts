// The second interpreter of a compiled questionnaire. The rules exist once, in
// the program; the server runs the same bytes and always scores again.

export { askNext, type AskReason, type Next } from "./asknext.ts";
export { assess, type Assessment, type Finding, type Role } from "./assessment.ts";
export { bound, type Bound } from "./bound.ts";
export { contradictions, type Earlier } from "./contradictions.ts";
export { openProgram, readProgram, type Item, type Program } from "./program.ts";
export { standing, type ElementStanding, type ElementState, type Standing } from "./standing.ts";
export {
  encode,
  ResponseError,
  type Answers,
  type Fact,
  type Fault,
  type Missing,
  type MissingAnswers,
  type Responses,
} from "./responses.ts";
