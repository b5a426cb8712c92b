// Bundles every entry into dist/: the interpreter by itself, what conformance
// runs use, and the tests. The app's bundle will be one more.
import { readdir, rm } from "node:fs/promises";

import { build } from "esbuild";

const shared = { bundle: true, format: "esm", target: "es2022", logLevel: "warning" };
const tests = (await readdir("test")).filter((name) => name.endsWith(".test.ts"));
if (tests.length === 0) throw new Error("there are no tests");

await rm("dist", { recursive: true, force: true });
await Promise.all([
  build({ ...shared, entryPoints: { screening: "src/screening/index.ts" }, outdir: "dist", minify: true }),
  build({
    ...shared,
    entryPoints: ["score", "read", "bench"].map((name) => `src/conformance/${name}.ts`),
    outdir: "dist",
    platform: "node",
  }),
  build({ ...shared, entryPoints: tests.map((name) => `test/${name}`), outdir: "dist/test", platform: "node" }),
]);
