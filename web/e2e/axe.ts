// axe-core in the page as it is served: the debugger runs it, which the page's
// policies neither see nor have to allow.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Run {
  run(context: Document, options: object): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
}

/** Gives the violations of WCAG 2.2 AA that axe-core finds on the screen, one line each. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(`${source}; undefined`);
  return page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { axe: Run };
    const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 160)} ${(failureSummary ?? "").replaceAll("\n", " ").slice(0, 240)}`),
    );
  }, TAGS);
}
