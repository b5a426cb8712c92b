// What the screens import. Everything behind it is the platform's own affair.

export type { Schema } from "./contract.ts";
export { start } from "./platform.ts";
export * from "./types.ts";
