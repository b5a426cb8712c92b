// Fonts for scripts that cheap tablets often lack: Noto Sans, cut down to the
// characters of one script each, so that the app carries tens of kilobytes and
// a tablet takes only those of its languages. One weight: a browser makes the
// other by itself.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";

import subset from "subset-font";

const require = createRequire(import.meta.url);

/** Marks, joiners and punctuation that a text of any script may have between its letters. */
const BETWEEN = [0x20, 0x20, 0xa0, 0xa0, 0x200b, 0x200f, 0x25cc, 0x25cc];

/** By name: first and last characters of the blocks that the languages of Waymark use. */
export const SCRIPTS = {
  ethiopic: [0x1200, 0x137f],
  khmer: [0x1780, 0x17ff],
  lao: [0x0e80, 0x0eff],
  myanmar: [0x1000, 0x109f],
  sinhala: [0x0d80, 0x0dff, 0x0964, 0x0965],
  thaana: [0x0780, 0x07bf, 0x060c, 0x060c, 0x061b, 0x061b, 0x061f, 0x061f],
};

const packageOf = (script) => `@fontsource/noto-sans-${script}`;

/** Gives "fonts:khmer.woff2" a file; sources and styles name a font in this way. */
export const fonts = {
  name: "fonts",
  setup(build) {
    build.onResolve({ filter: /^fonts:/ }, ({ path }) => ({ path: path.slice("fonts:".length), namespace: "fonts" }));
    build.onLoad({ filter: /./, namespace: "fonts" }, async ({ path }) => ({
      contents: await cut(path.replace(/\.woff2$/, "")),
      loader: "file",
    }));
  },
};

/** Gives every font an address with nothing behind it, for builds that show nothing. */
export const noFonts = {
  name: "no fonts",
  setup(build) {
    build.onResolve({ filter: /^fonts:/ }, ({ path }) => ({ path, namespace: "fonts" }));
    build.onLoad({ filter: /./, namespace: "fonts" }, ({ path }) => ({
      contents: path.replace("fonts:", "/assets/"),
      loader: "text",
    }));
  },
};

/** The license of the fonts, which goes wherever they go. */
export async function fontLicenses() {
  const licenses = Object.keys(SCRIPTS).map((script) => readFile(require.resolve(`${packageOf(script)}/LICENSE`), "utf8"));
  const [first, ...others] = await Promise.all(licenses);
  const notices = [first, ...others].map((text) => text.split("\n", 1)[0]);
  return `${notices.join("\n")}\n${first.slice(first.indexOf("\n") + 1)}`;
}

async function cut(script) {
  const blocks = SCRIPTS[script];
  if (!blocks) throw new Error(`no font is known for ${script}`);
  const file = `files/noto-sans-${script}-${script}-400-normal.woff2`;
  const { version } = JSON.parse(await readFile(require.resolve(`${packageOf(script)}/package.json`), "utf8"));
  const cache = `node_modules/.cache/waymark/${script}-${version}-${[...blocks, ...BETWEEN].join("-")}.woff2`;
  try {
    return await readFile(cache);
  } catch {
    const made = await subset(await readFile(require.resolve(`${packageOf(script)}/${file}`)), characters(script), {
      targetFormat: "woff2",
    });
    await mkdir("node_modules/.cache/waymark", { recursive: true });
    await writeFile(cache, made);
    return made;
  }
}

function characters(script) {
  const blocks = [...SCRIPTS[script], ...BETWEEN];
  let text = "";
  for (let at = 0; at < blocks.length; at += 2) {
    for (let code = blocks[at]; code <= blocks[at + 1]; code++) text += String.fromCodePoint(code);
  }
  return text;
}
