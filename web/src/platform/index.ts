export { start } from "./platform.ts";
