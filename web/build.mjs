// Bundles every entry into dist/: the interpreter by itself, what conformance
// runs use, and the tests. The app's bundle will be one more. Another folder
// than dist/ may be named: go test builds one of its own.
import { readdir, rm } from "node:fs/promises";

import { build } from "esbuild";

const outdir = process.argv[2] ?? "dist";
const shared = { bundle: true, format: "esm", target: "es2022", logLevel: "warning" };
const tests = (await readdir("test")).filter((name) => name.endsWith(".test.ts"));
if (tests.length === 0) throw new Error("there are no tests");

await rm(outdir, { recursive: true, force: true });
await Promise.all([
  build({ ...shared, entryPoints: { screening: "src/screening/index.ts" }, outdir, minify: true }),
  build({
    ...shared,
    entryPoints: ["score", "ask", "read", "bench"].map((name) => `src/conformance/${name}.ts`),
    outdir,
    platform: "node",
  }),
  build({ ...shared, entryPoints: tests.map((name) => `test/${name}`), outdir: `${outdir}/test`, platform: "node" }),
]);
