// Who works here: signing in with the server, unlocking without it, and the
// access tokens of whoever did. Keys and tokens of a person are in memory only
// while they are unlocked.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

import { base64url } from "./bytes.ts";
import type { Schema } from "./contract.ts";
import { alone, type Env } from "./env.ts";
import type { Http } from "./http.ts";
import type { Store } from "./store.ts";
import { ProblemError, RefusedError, type Session } from "./types.ts";
import type { Credential, Known, Users } from "./users.ts";

type Token = Schema<"Token">;

interface Held {
  /** Absent where nothing is kept of whoever signed in: in a browser that is no tablet. */
  readonly known: Known | undefined;
  /** The truth where nothing is kept. */
  credential: Credential;
  access?: Access | undefined;
}

export interface Access {
  readonly token: string;
  /** By the monotonic clock. */
  readonly until: number;
}

/** A token is not used in its last seconds: it has to arrive while it is good. */
const MARGIN = 20_000;

export const accessOf = (env: Env, token: Token): Access => ({
  token: token.access_token,
  until: env.monotonic() + token.expires_in * 1000 - MARGIN,
});

export class Sessions {
  readonly #session: Signal<Session | undefined> = signal(undefined);
  #held: Held | undefined;
  #refreshing: Promise<string> | undefined;

  constructor(
    readonly env: Env,
    readonly store: Store,
    readonly http: Http,
    readonly users: Users,
  ) {}

  get session(): ReadonlySignal<Session | undefined> {
    return this.#session;
  }

  /** The key that seals what is theirs; undefined while locked, or where nothing is kept. */
  get key(): CryptoKey | undefined {
    return this.#held?.known?.key;
  }

  /** Signs in with the server. Says whether what they had sealed here cannot be opened any more. */
  async signIn(agency: string, name: string, password: string, keep: boolean): Promise<{ session: Session; renewed: boolean }> {
    const body = { grant_type: "password", agency, name, password };
    const token = await this.http.json<Token>({ method: "POST", path: "/v1/auth/token", body });
    const credential = credentialOf(token);
    const known = keep ? await this.users.admit(name, password) : undefined;
    if (known) await this.users.write(known, credential);
    await this.store.keep("failures", 0);
    const session = this.#hold({ known, credential, access: accessOf(this.env, token) }, false);
    return { session, renewed: known?.renewed ?? false };
  }

  /** Unlocks from what is kept. Waits longer after each wrong try, which deters and does not protect. */
  async unlock(name: string, password: string): Promise<Session> {
    const failures = (await this.store.kept("failures")) ?? 0;
    const wait = waitAfter(failures);
    if (wait > 0) await new Promise<void>((go) => this.env.after(wait, go));
    try {
      const { known, credential } = await this.users.open(name, password);
      await this.store.keep("failures", 0);
      return this.#hold({ known, credential }, true);
    } catch (error) {
      await this.store.keep("failures", failures + 1);
      throw error;
    }
  }

  lock(): void {
    this.#held = undefined;
    this.#refreshing = undefined;
    this.#session.value = undefined;
  }

  /** Locks, forgets who it was, and has the server end the sign-in if it can be reached. */
  async signOut(): Promise<void> {
    const held = this.#held;
    this.lock();
    if (!held) return;
    const { refresh } = await this.#credential(held);
    if (held.known) await this.users.forget(held.known);
    if (refresh === undefined) return;
    const body = { refresh_token: refresh };
    // Unreachable: nobody has the token any more, and it ends by itself.
    await this.http.send({ method: "POST", path: "/v1/auth/revoke", body }).catch(() => undefined);
  }

  /** An access token of whoever is unlocked. */
  async token(): Promise<string> {
    const held = this.#held;
    if (!held) throw new RefusedError("locked");
    if (held.access && held.access.until > this.env.monotonic()) return held.access.token;
    this.#refreshing ??= this.#refresh(held).finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Forgets an access token that the server did not take. */
  spoil(token: string): void {
    if (this.#held?.access?.token === token) this.#held.access = undefined;
  }

  #refresh(held: Held): Promise<string> {
    return alone(this.env, "waymark-refresh", async () => {
      let credential = await this.#credential(held);
      if (credential.refresh === undefined) throw new ProblemError(ENDED);
      if (credential.pending === undefined) {
        const pending = base64url(this.env.crypto.getRandomValues(new Uint8Array(16)));
        credential = await this.#write(held, { ...credential, pending });
      }
      try {
        const token = await this.http.json<Token>({
          method: "POST",
          path: "/v1/auth/token",
          body: { grant_type: "refresh_token", refresh_token: credential.refresh },
          headers: { "Idempotency-Key": credential.pending! },
        });
        await this.#write(held, credentialOf(token));
        held.access = accessOf(this.env, token);
        if (this.#held === held) this.#session.value = sessionOf(held.credential, false);
        return held.access.token;
      } catch (error) {
        if (error instanceof ProblemError && error.problem.code === ENDED.code) await this.#end(held, credential);
        throw error;
      }
    });
  }

  /**
   * The server ended the sign-in. Whoever is unlocked may go on without a
   * network: an interview must not stop because a reply was lost for too long.
   */
  async #end(held: Held, { refresh: _refresh, pending: _pending, ...rest }: Credential): Promise<void> {
    await this.#write(held, rest);
    if (this.#held === held) this.#session.value = sessionOf(rest, true);
  }

  async #credential(held: Held): Promise<Credential> {
    return held.known ? await this.users.read(held.known) : held.credential;
  }

  async #write(held: Held, credential: Credential): Promise<Credential> {
    if (held.known) await this.users.write(held.known, credential);
    held.credential = credential;
    return credential;
  }

  #hold(held: Held, offline: boolean): Session {
    this.#held = held;
    this.#refreshing = undefined;
    return (this.#session.value = sessionOf(held.credential, offline));
  }
}

/** What the server says of a sign-in that has ended; said here when it is known without asking. */
const ENDED = {
  type: "about:blank",
  title: "",
  detail: "",
  status: 401,
  code: "wrong_refresh_token",
  instance: "",
} as const;

/** Milliseconds to wait after so many wrong tries in a row: none after two, then 1 s, 2 s, 4 s, up to a minute. */
const waitAfter = (failures: number): number => (failures < 3 ? 0 : Math.min(60, 2 ** (failures - 3)) * 1000);

const credentialOf = ({ ref, role, agency, sites, refresh_token: refresh }: Token): Credential => ({
  ref,
  role,
  agency,
  sites,
  ...(refresh === undefined ? {} : { refresh }),
});

const sessionOf = ({ ref, role, agency, sites }: Credential, offline: boolean): Session => ({
  ref,
  role,
  agency,
  sites,
  offline,
});
