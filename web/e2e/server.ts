// A server of its own for each test, and a network between it and the browser
// that can fail in the ways that real ones do.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server as Listener, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** The binary that "make build" makes. */
const BINARY = process.env["WAYMARK_BINARY"] ?? join(process.cwd(), "../bin/waymark");

/** How long a server may take to be ready. */
const START = 20_000;

export class Server {
  private constructor(
    readonly process: ChildProcess,
    readonly folder: string,
    readonly port: number,
    /** The enrolment code of the demo. */
    readonly code: string,
  ) {}

  /** Starts a server with the demo agency and an empty data directory. */
  static async start(...flags: string[]): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "waymark-e2e-"));
    const child = spawn(BINARY, ["serve", "--demo", "--data", folder, "--addr", "127.0.0.1:0", ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let told = "";
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    let complained = "";
    child.stderr.on("data", (text: string) => (complained = (complained + text).slice(-4_000)));
    const announced = new Promise<{ port: number; code: string }>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the server did not start:\n${told}\n${complained}`)), START);
      child.stdout.on("data", (text: string) => {
        told += text;
        const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(told);
        const code = /#enrol=(\S+)/.exec(told);
        if (!address || !code || !told.includes("Ctrl-C")) return;
        clearTimeout(late);
        resolve({ port: Number(address[1]), code: code[1]! });
      });
      child.once("exit", (status) => reject(new Error(`the server ended with ${status}:\n${told}\n${complained}`)));
    });
    const { port, code } = await announced;
    return new Server(child, folder, port, code);
  }

  /** Runs a command of the same binary beside the server. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(BINARY, [...args, "--data", this.folder]);
    return stdout;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What the network does with a request that begins with a method and a path. */
export type Weather =
  | "fair"
  /** Nothing gets through. */
  | "down"
  /** Requests that match arrive and are carried out; their replies are lost. */
  | { readonly loseReplies: RegExp; times: number };

/** The network between a browser and a server, on a port of its own. */
export class Network {
  weather: Weather = "fair";
  readonly #listener: Listener;
  readonly #open = new Set<Socket>();

  private constructor(listener: Listener) {
    this.#listener = listener;
  }

  static async before(server: Server): Promise<Network> {
    const listener = createServer();
    const network = new Network(listener);
    listener.on("connection", (browser) => network.#carry(browser, server.port));
    await new Promise<void>((ready) => listener.listen(0, "127.0.0.1", ready));
    return network;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#listener.address() as { port: number }).port}`;
  }

  /** Cuts every connection, and lets nothing through until it is fair again. */
  down(): void {
    this.weather = "down";
    for (const socket of this.#open) socket.destroy();
  }

  fair(): void {
    this.weather = "fair";
  }

  async close(): Promise<void> {
    this.down();
    await new Promise((closed) => this.#listener.close(closed));
  }

  #carry(browser: Socket, port: number): void {
    if (this.weather === "down") {
      browser.destroy();
      return;
    }
    const server = connect(port, "127.0.0.1");
    let losing = false;
    for (const socket of [browser, server]) {
      this.#open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#open.delete(socket);
        browser.destroy();
        server.destroy();
      });
    }
    browser.on("data", (bytes: Buffer) => {
      const { weather } = this;
      if (typeof weather === "object" && weather.times > 0 && weather.loseReplies.test(bytes.toString("latin1").split("\r\n", 1)[0]!)) {
        weather.times--;
        losing = true;
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (losing) browser.destroy(); // it was carried out, and nobody will know
      else browser.write(bytes);
    });
  }
}
