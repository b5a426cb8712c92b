// Calls of the API as whoever has signed in.

import type { Ask, Http } from "./http.ts";
import type { Sessions } from "./sessions.ts";
import { ProblemError, type Api } from "./types.ts";

/** Something that gives access tokens, and wants to know of one that was not taken. */
export interface Tokens {
  token(): Promise<string>;
  spoil(token: string): void;
}

/** Asks with a token; once more with a new one when the server did not take the first. */
export async function asking<T>(tokens: Tokens, ask: (token: string) => Promise<T>): Promise<T> {
  const token = await tokens.token();
  try {
    return await ask(token);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== "unauthenticated") throw error;
    tokens.spoil(token);
    return ask(await tokens.token());
  }
}

export function apiOf(http: Http, sessions: Sessions): Api {
  const call = <T>(ask: Ask): Promise<T> => asking(sessions, (token) => http.json<T>({ ...ask, token }));
  return {
    get: (path) => call({ method: "GET", path }),
    post: (path, body, headers) => call({ method: "POST", path, body, ...(headers ? { headers } : {}) }),
    del: (path) => call({ method: "DELETE", path }),
  };
}
