// Requests to the server, and only to it. What comes back is what was asked
// for, a ProblemError, or an OfflineError; a page that something on the way
// put in the place of the server's answer is no answer.

import type { Clock } from "./clock.ts";
import type { Env } from "./env.ts";
import type { ClientKey } from "./keys.ts";
import { OfflineError, ProblemError, type Problem } from "./types.ts";

export interface Ask {
  readonly method: "GET" | "POST" | "DELETE";
  /** From the root, such as "/v1/bundle". */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** An access token that is bound to the client's key. */
  readonly token?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly tag: string | null;
  readonly text: string;
}

/** How long one request may take. Slow networks are slow. */
const PATIENCE = 60_000;

export class Http {
  #nonce: string | undefined;

  constructor(
    readonly env: Env,
    readonly key: ClientKey,
    readonly clock: Clock,
    readonly language: () => string,
    /** Told of every problem that the server answers. */
    readonly onProblem: (problem: Problem) => void,
  ) {}

  /** Sends a request with a proof of the client's key; once more when the proof needs a newer nonce. */
  async send(ask: Ask): Promise<Answer> {
    for (let first = true; ; first = false) {
      try {
        return await this.#once(ask);
      } catch (error) {
        const again = first && error instanceof ProblemError && error.problem.code === "dpop_nonce_needed";
        if (!again) {
          if (error instanceof ProblemError) this.onProblem(error.problem);
          throw error;
        }
      }
    }
  }

  /** Sends a request and reads the JSON of the answer. */
  async json<T>(ask: Ask): Promise<T> {
    const { text } = await this.send(ask);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  async #once({ method, path, body, headers, token }: Ask): Promise<Answer> {
    const url = this.env.origin + path;
    const request = {
      method,
      url: url.replace(/[?#].*/, ""),
      token,
      nonce: this.#nonce,
      now: this.clock.now(),
    };
    const init: RequestInit = {
      method,
      headers: {
        Accept: "application/json",
        "Accept-Language": this.language(),
        DPoP: await this.key.proof(request),
        ...(token === undefined ? {} : { Authorization: `DPoP ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    };
    const response = await this.#fetch(url, init);
    this.#nonce = response.nonce ?? this.#nonce;
    const { status, kind, text, tag } = response;
    if (kind === "application/problem+json") throw new ProblemError(parse<Problem>(text));
    const empty = status === 204 || status === 304;
    if (empty || (status >= 200 && status < 300 && kind === "application/json")) {
      if (!empty) parse(text);
      return { status, tag, text };
    }
    throw new OfflineError();
  }

  async #fetch(url: string, init: RequestInit) {
    const stop = new AbortController();
    const cancel = this.env.after(PATIENCE, () => stop.abort());
    try {
      const response = await this.env.fetch(url, { ...init, signal: stop.signal });
      return {
        status: response.status,
        kind: response.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase(),
        nonce: response.headers.get("DPoP-Nonce"),
        tag: response.headers.get("ETag"),
        text: await response.text(),
      };
    } catch {
      throw new OfflineError();
    } finally {
      cancel();
    }
  }
}

/** Reads JSON; half a document is no answer. */
function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new OfflineError();
  }
}
