// Prints how many bytes a tablet fetches of the app itself, packed as the
// server packs it, and fails when that leaves too little for the questionnaires
// in English. The whole first load is measured in a test of package handlers.
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const FOLDER = "built";
/** Of the 150 KB of a first load. */
const LIMIT = 90_000;

/** Fonts come with their languages; the rest nobody fetches to work. */
const apart = /\.woff2$/;
const never = /\.(txt|md)$/;

const files = readdirSync(FOLDER, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && !never.test(entry.name))
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .sort();
let sum = 0;
for (const file of files) {
  const content = readFileSync(file);
  const size = /\.(png|woff2)$/.test(file) ? content.length : brotliCompressSync(content).length;
  if (!apart.test(file)) sum += size;
  console.log(`${String(size).padStart(8)} ${file.slice(FOLDER.length)}${apart.test(file) ? "  with its languages" : ""}`);
}
console.log(`${String(sum).padStart(8)} together, of ${LIMIT}`);
if (sum === 0 || sum > LIMIT) {
  console.error("the app is not built, or too large");
  process.exitCode = 1;
}
