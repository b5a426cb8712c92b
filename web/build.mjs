// Builds what there is to build: the app into built, as the server embeds
// it; with --node what Node runs into dist/node or another folder: the
// interpreter, what conformance runs use, and the tests; with --e2e the tests
// in a real browser into dist/e2e.
import { readdir, rm } from "node:fs/promises";

import { build } from "esbuild";

import { buildApp } from "./build/app.mjs";
import { noFonts } from "./build/fonts.mjs";

const [mode, folder] = process.argv.slice(2);
if (mode === "--node") await buildNode(folder ?? "dist/node");
else if (mode === "--e2e") await buildBrowserTests("dist/e2e");
else await buildApp("built");

async function buildNode(outdir) {
  const shared = { bundle: true, format: "esm", target: "es2022", logLevel: "warning", plugins: [noFonts] };
  const conformance = ["score", "ask", "read", "bench"].map((name) => `src/conformance/${name}.ts`);
  const tests = (await readdir("test")).filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`);
  if (tests.length === 0) throw new Error("there are no tests");
  await rm(outdir, { recursive: true, force: true });
  await Promise.all([
    build({ ...shared, entryPoints: { screening: "src/screening/index.ts" }, outdir, minify: true }),
    build({ ...shared, entryPoints: conformance, outdir, platform: "node" }),
    build({ ...shared, entryPoints: tests, outdir: `${outdir}/test`, platform: "node", packages: "external" }),
  ]);
}

async function buildBrowserTests(outdir) {
  const entryPoints = (await readdir("e2e")).filter((name) => /\.(test|pictures)\.ts$/.test(name)).map((name) => `e2e/${name}`);
  if (entryPoints.length === 0) throw new Error("there are no tests in a browser");
  await rm(outdir, { recursive: true, force: true });
  await build({ bundle: true, format: "esm", target: "es2022", logLevel: "warning", platform: "node", packages: "external", entryPoints, outdir });
}
