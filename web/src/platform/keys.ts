// The client's own key, and proofs that it holds it (DPoP, RFC 9449). The
// private half cannot be read by any script; who has the storage of the device
// in hand may still get at it, which is why it opens nothing.

import { base64url, utf8 } from "./bytes.ts";
import type { Env } from "./env.ts";
import { thumbprint } from "./fingerprint.ts";
import type { Store } from "./store.ts";

const SIGNING = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;

/** What a proof is for. */
export interface Request {
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly nonce?: string | undefined;
  /** Milliseconds. */
  readonly now: number;
}

export class ClientKey {
  #pair: CryptoKeyPair | undefined;

  constructor(
    readonly env: Env,
    readonly store: Store,
  ) {}

  /** A proof for one request. The key is made when it is first needed, and stays. */
  async proof({ method, url, token, nonce, now }: Request): Promise<string> {
    const { crypto } = this.env;
    const { privateKey, publicKey } = await this.#get();
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
    const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
    const claims = {
      jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
      htm: method,
      htu: url,
      iat: Math.floor(now / 1000),
      ...(nonce === undefined ? {} : { nonce }),
      ...(token === undefined ? {} : { ath: base64url(await crypto.subtle.digest("SHA-256", utf8(token))) }),
    };
    const signed = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
    return `${signed}.${base64url(await crypto.subtle.sign(ES256, privateKey, utf8(signed)))}`;
  }

  /** What names the key. */
  async thumbprint(): Promise<string> {
    const { crypto } = this.env;
    return thumbprint(crypto, await crypto.subtle.exportKey("jwk", (await this.#get()).publicKey));
  }

  /** Forgets the key in memory, after the storage was erased. */
  forget(): void {
    this.#pair = undefined;
  }

  async #get(): Promise<CryptoKeyPair> {
    const make = (): Promise<CryptoKeyPair> => this.env.crypto.subtle.generateKey(SIGNING, false, ["sign"]);
    return (this.#pair ??= await this.store.once("client", make));
  }
}
