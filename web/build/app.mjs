// The app as the server embeds it. Everything under assets/ has its own hash in
// its name and never changes; the service worker gets a list of what it has to
// hold, each with its digest.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";

import { build } from "esbuild";

import { fontLicenses, fonts } from "./fonts.mjs";
import { png, svg, THEME } from "./icons.mjs";

/** The file in the folder that is not built: it keeps the folder in the repository. */
const KEPT = "README.md";

export async function buildApp(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name !== KEPT) await rm(`${folder}/${name}`, { recursive: true });
  }
  const version = await sourceVersion();
  const files = await bundle(version, folder);
  const icons = await asset(folder, "icon", "svg", Buffer.from(svg()));
  const sizes = [192, 512];
  const pictures = await Promise.all(sizes.map((size) => asset(folder, `icon-${size}`, "png", png(size))));
  await put(folder, "manifest.webmanifest", await manifest(icons, sizes, pictures));
  await asset(folder, "licenses", "txt", await licenses());
  await put(folder, "index.html", await page(files, icons, pictures[0]));
  await worker(folder, version);
}

/** Names the sources that the app is built from. */
async function sourceVersion() {
  const sum = createHash("sha256");
  const sources = [...(await below("src")), ...(await below("public")), ...(await below("build")), "package-lock.json"];
  for (const source of sources.sort()) sum.update(source).update("\0").update(await readFile(source)).update("\0");
  return sum.digest("hex").slice(0, 12);
}

async function below(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
}

/** Bundles code and styles; gives the addresses that the page names. */
async function bundle(version, folder) {
  const entries = { app: "src/app/main.tsx", styles: "src/app/styles.css" };
  const { metafile } = await build({
    entryPoints: entries,
    outdir: `${folder}/assets`,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    minify: true,
    metafile: true,
    legalComments: "none", // licenses.txt has them
    logLevel: "warning",
    plugins: [fonts],
    define: { APP_VERSION: JSON.stringify(version) },
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: "/assets",
  });
  const address = (path) => path.slice(folder.length);
  const outputs = Object.entries(metafile.outputs);
  const made = (entry) => outputs.find(([, { entryPoint }]) => entryPoint === entry);
  const [app, { imports }] = made(entries.app);
  return {
    app: address(app),
    styles: address(made(entries.styles)[0]),
    /** What the app cannot start without. */
    chunks: imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => address(path)),
  };
}

async function asset(folder, name, kind, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const address = `/assets/${name}-${hash}.${kind}`;
  await put(folder, address.slice(1), content);
  return address;
}

const put = (folder, name, content) => writeFile(`${folder}/${name}`, content);

async function manifest(icon, sizes, pictures) {
  const content = JSON.parse(await readFile("public/manifest.webmanifest", "utf8"));
  const icons = pictures.map((src, i) => ({ src, sizes: `${sizes[i]}x${sizes[i]}`, type: "image/png", purpose: "any maskable" }));
  const more = { theme_color: THEME, icons: [...icons, { src: icon, sizes: "any", type: "image/svg+xml" }] };
  return `${JSON.stringify({ ...content, ...more }, null, 2)}\n`;
}

async function page({ app, styles, chunks }, icon, picture) {
  const template = await readFile("public/index.html", "utf8");
  const filled = { app, styles, icon, picture, theme: THEME };
  const preloads = chunks.map((href) => `    <link rel="modulepreload" href="${href}">\n`).join("");
  return template
    .replace(/^ *\{\{chunks\}\}\n/m, preloads)
    .replace(/\{\{(\w+)\}\}/g, (_, name) => {
      if (!(name in filled)) throw new Error(`index.html asks for ${name}`);
      return filled[name];
    });
}

/** The licenses of what is shipped besides the app's own code. */
async function licenses() {
  const packages = ["preact", "@preact/signals", "@preact/signals-core", "idb", "uqr"];
  const texts = packages.map(async (name) => `${name}\n\n${await readFile(`node_modules/${name}/LICENSE`, "utf8")}`);
  return [...(await Promise.all(texts)), `Fonts\n\n${await fontLicenses()}`].join("\n----\n\n");
}

/** Fonts are held only for the languages of a tablet, and nobody needs the licenses offline. */
const onDemand = /\.(woff2|txt)$/;

async function worker(folder, version) {
  const names = (await below(folder)).map((path) => path.slice(folder.length)).filter((name) => name !== `/${KEPT}`);
  const held = names.filter((name) => !onDemand.test(name)).sort();
  const list = held.map(async (name) => {
    const digest = createHash("sha256").update(await readFile(folder + name)).digest("base64");
    return [name === "/index.html" ? "/" : name, `sha256-${digest}`];
  });
  await build({
    entryPoints: ["src/sw/sw.ts"],
    outfile: `${folder}/sw.js`,
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    logLevel: "warning",
    define: { SHELL: JSON.stringify(await Promise.all(list)), APP_VERSION: JSON.stringify(version) },
  });
}
