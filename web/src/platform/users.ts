// Who can unlock this tablet without a network. What is kept of an officer is
// sealed under a key from their password, and their name is kept as a keyed
// hash. A wrong password and an unknown name are told apart by nothing.

import { hex, textOf, utf8, type Bytes } from "./bytes.ts";
import type { Env } from "./env.ts";
import type { Store, StoredUser } from "./store.ts";
import { RefusedError } from "./types.ts";

/** PBKDF2-HMAC-SHA-256: what WebCrypto has. A password is chosen by the server's rules, not a PIN. */
const ROUNDS = 600_000;

/** What is kept of an officer. */
export interface Credential {
  readonly ref: string;
  readonly role: string;
  readonly agency: string;
  readonly sites: readonly string[];
  /** Absent after the server refused it; then only the server can sign the officer in again. */
  readonly refresh?: string;
  /** Idempotency key of a refresh whose reply has not come. */
  readonly pending?: string;
}

/** Somebody whose password was right. */
export interface Known {
  readonly hash: string;
  readonly salt: Bytes;
  /** Seals what is theirs; not extractable. */
  readonly key: CryptoKey;
}

export class Users {
  constructor(
    readonly env: Env,
    readonly store: Store,
  ) {}

  async any(): Promise<boolean> {
    return (await this.store.db.count("users")) > 0;
  }

  /** The officer of a name, if the password is theirs. Takes as long when it is not. */
  async open(name: string, password: string): Promise<{ known: Known; credential: Credential }> {
    const hash = await this.#hash(name);
    const stored = await this.store.db.get("users", hash);
    const salt = stored?.salt ?? this.#random(16);
    const key = await this.#derive(password, salt);
    if (!stored) throw new RefusedError("wrong");
    return { known: { hash, salt, key }, credential: await this.#unseal(stored, key) };
  }

  /**
   * Makes an officer known whose password the server took. The key stays the
   * same for the same password; with another one what they had sealed is lost.
   */
  async admit(name: string, password: string): Promise<Known & { readonly renewed: boolean }> {
    const hash = await this.#hash(name);
    const stored = await this.store.db.get("users", hash);
    if (stored) {
      const key = await this.#derive(password, stored.salt);
      const same = await this.#unseal(stored, key).then(
        () => true,
        () => false,
      );
      if (same) return { hash, salt: stored.salt, key, renewed: false };
    }
    const salt = this.#random(16);
    return { hash, salt, key: await this.#derive(password, salt), renewed: true };
  }

  /** What is kept of somebody; another page may have changed it. */
  async read(known: Known): Promise<Credential> {
    const stored = await this.store.db.get("users", known.hash);
    if (!stored) throw new RefusedError("locked");
    return this.#unseal(stored, known.key);
  }

  async write({ hash, salt, key }: Known, credential: Credential): Promise<void> {
    const iv = this.#random(12);
    const cipher = { name: "AES-GCM", iv, additionalData: about(hash) };
    const sealed = await this.env.crypto.subtle.encrypt(cipher, key, utf8(JSON.stringify(credential)));
    await this.store.change(["users"], (change) => change.objectStore("users").put({ hash, salt, iv, sealed }));
  }

  async forget({ hash }: Known): Promise<void> {
    await this.store.change(["users"], (change) => change.objectStore("users").delete(hash));
  }

  async #unseal({ hash, iv, sealed }: StoredUser, key: CryptoKey): Promise<Credential> {
    const cipher = { name: "AES-GCM", iv, additionalData: about(hash) };
    try {
      return JSON.parse(textOf(await this.env.crypto.subtle.decrypt(cipher, key, sealed))) as Credential;
    } catch {
      throw new RefusedError("wrong");
    }
  }

  async #derive(password: string, salt: Bytes): Promise<CryptoKey> {
    const { subtle } = this.env.crypto;
    const raw = await subtle.importKey("raw", utf8(password), "PBKDF2", false, ["deriveKey"]);
    const by = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
    return subtle.deriveKey(by, raw, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
      "wrapKey",
      "unwrapKey",
    ]);
  }

  /** Hides a name, written as the server compares names. */
  async #hash(name: string): Promise<string> {
    const key = await this.#names();
    return hex(await this.env.crypto.subtle.sign("HMAC", key, utf8(name.trim().toLowerCase())));
  }

  async #names(): Promise<CryptoKey> {
    const by = { name: "HMAC", hash: "SHA-256", length: 256 };
    return this.store.once("names", () => this.env.crypto.subtle.generateKey(by, false, ["sign"]));
  }

  #random(length: number): Bytes {
    return this.env.crypto.getRandomValues(new Uint8Array(length));
  }
}

const about = (hash: string): Bytes => utf8(`waymark/user/1\0${hash}`);
