// A tablet: a real browser with a profile of its own, which can be shut down
// hard and started again.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import { chromium, type BrowserContext, type Page } from "playwright-core";

/** Where Debian has it. */
const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The screen of a seven-inch tablet, held upright. */
export const SEVEN_INCH = { width: 600, height: 960 };

/** Those that were not thrown away yet. */
const left = new Set<Tablet>();

// A test that failed leaves its tablets on, and they would keep Node from ending.
after(async () => {
  for (const tablet of left) await tablet.throwAway();
});

export class Tablet {
  #context: BrowserContext | undefined;
  /** What went wrong in the page; a test that ends well has nothing here. */
  readonly complaints: string[] = [];

  private constructor(
    readonly profile: string,
    readonly origin: string,
    readonly viewport: { width: number; height: number },
  ) {}

  static async new(origin: string, viewport = SEVEN_INCH): Promise<Tablet> {
    const tablet = new Tablet(await mkdtemp(join(tmpdir(), "waymark-tablet-")), origin, viewport);
    left.add(tablet);
    return tablet;
  }

  /** Starts the browser and opens the app, at a fragment such as "#enrol=…". */
  async open(fragment = ""): Promise<Page> {
    await this.#remove("Singleton*");
    this.#context = await chromium.launchPersistentContext(this.profile, {
      executablePath: EXECUTABLE,
      headless: true,
      args: FLAGS,
      viewport: this.viewport,
      locale: "en-GB",
      hasTouch: true,
    });
    const page = this.#context.pages()[0] ?? (await this.#context.newPage());
    this.#watch(page);
    await page.goto(`${this.origin}/${fragment}`);
    return page;
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error("the tablet is off");
    return this.#context;
  }

  /** Switches the tablet off in the ordinary way. */
  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** Closes the page without letting it do anything more. */
  async crash(page: Page): Promise<void> {
    const session = await this.context.newCDPSession(page);
    await Promise.race([session.send("Page.crash").catch(() => undefined), new Promise((r) => setTimeout(r, 500))]);
    await page.close().catch(() => undefined);
  }

  async throwAway(): Promise<void> {
    await this.close();
    left.delete(this);
    await rm(this.profile, { recursive: true, force: true });
  }

  #watch(page: Page): void {
    page.on("pageerror", (error) => this.complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      const network = /Failed to load resource|net::ERR/.test(message.text());
      if (message.type() === "error" && !network) this.complaints.push(`console: ${message.text()}`);
    });
  }

  async #remove(pattern: string): Promise<void> {
    const { glob } = await import("node:fs/promises").then((fs) => ({ glob: fs.readdir }));
    const prefix = pattern.replace("*", "");
    for (const name of await glob(this.profile)) {
      if (name.startsWith(prefix)) await rm(join(this.profile, name), { force: true });
    }
  }
}
