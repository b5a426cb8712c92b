// The one database of the app. Nothing in it is readable that a person said:
// a draft is sealed under a key that is sealed under its officer's password,
// and what is finished is sealed to a key that is not on the device.

import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from "idb";

import type { Bytes } from "./bytes.ts";
import { RefusedError, type OwnDevice, type Problem } from "./types.ts";

/** Single values, by name. */
export interface Kept {
  /** The client's own key; not extractable. */
  client: CryptoKeyPair;
  /** Hides names; not extractable. */
  names: CryptoKey;
  device: OwnDevice;
  /** The trust key of enrolment. It is written once. */
  trust: JsonWebKey;
  clock: { readonly offset: number; readonly time: number };
  language: string;
  /** Tags of the languages that were asked for. */
  languages: readonly string[];
  lastContact: number;
  /** How often in a row an unlock failed. */
  failures: number;
}

export interface StoredUser {
  /** Keyed hash of the name. */
  readonly hash: string;
  readonly salt: Bytes;
  readonly iv: Bytes;
  /** A Credential, sealed under the password. */
  readonly sealed: ArrayBuffer;
}

export interface StoredDraft {
  readonly id: string;
  /** Reference of who began it. */
  readonly owner: string;
  readonly started: number;
  readonly expires: number;
  /** The draft's key, sealed under the owner's. */
  readonly wrapIv: Bytes;
  readonly wrapped: ArrayBuffer;
  readonly iv: Bytes;
  readonly sealed: ArrayBuffer;
}

/** A finished interview, as it is sent. */
export interface Waiting {
  readonly id: string;
  readonly author: string;
  readonly day: string;
  readonly sealed: { readonly key: string; readonly encapsulated: string; readonly ciphertext: string };
}

/** One that came back. It stays sealed, and whole until somebody has seen to it. */
export interface Returned {
  readonly id: string;
  readonly item: Waiting;
  readonly problem: Pick<Problem, "code" | "title" | "detail">;
}

/** A document of the bundle, as it came. */
export interface Stored {
  readonly name: string;
  /** ETag of the core; digest of a part. */
  readonly tag: string;
  readonly body: string;
}

interface Tables extends DBSchema {
  kept: { key: string; value: Kept[keyof Kept] };
  users: { key: string; value: StoredUser };
  drafts: { key: string; value: StoredDraft };
  outbox: { key: string; value: Waiting };
  returned: { key: string; value: Returned };
  bundle: { key: string; value: Stored };
}

export const TABLES = ["kept", "users", "drafts", "outbox", "returned", "bundle"] as const;
type Table = (typeof TABLES)[number];
export type Change<Names extends Table[]> = IDBPTransaction<Tables, Names, "readwrite">;

/** There is at most one draft, in this place. */
export const THE_DRAFT = "the";

export class Store {
  private constructor(readonly db: IDBPDatabase<Tables>) {}

  static async open(name: string): Promise<Store> {
    const db = await refused(
      openDB<Tables>(name, 1, {
        upgrade(db) {
          db.createObjectStore("kept");
          db.createObjectStore("users", { keyPath: "hash" });
          db.createObjectStore("drafts");
          db.createObjectStore("outbox", { keyPath: "id" });
          db.createObjectStore("returned", { keyPath: "id" });
          db.createObjectStore("bundle", { keyPath: "name" });
        },
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      }),
    );
    return new Store(db);
  }

  /**
   * Changes some tables in one step: all of it is on the disk when this
   * resolves, or none of it ever is. The work may await nothing but the
   * database.
   */
  async change<Names extends Table[], T>(names: Names, work: (change: Change<Names>) => Promise<T>): Promise<T> {
    const change = this.db.transaction(names, "readwrite", { durability: "strict" });
    const [result] = await refused(Promise.all([abortOnFailure(change, work), change.done]));
    return result;
  }

  async kept<Name extends keyof Kept>(name: Name): Promise<Kept[Name] | undefined> {
    return (await this.db.get("kept", name)) as Kept[Name] | undefined;
  }

  async keep<Name extends keyof Kept>(name: Name, value: Kept[Name]): Promise<void> {
    await refused(this.db.put("kept", value, name));
  }

  /** A value that is made once and then stays, also when two pages make it. */
  async once<Name extends keyof Kept>(name: Name, make: () => Promise<Kept[Name]>): Promise<Kept[Name]> {
    const kept = await this.kept(name);
    if (kept) return kept;
    const made = await make();
    return this.change(["kept"], async (change) => {
      const table = change.objectStore("kept");
      const found = (await table.get(name)) as Kept[Name] | undefined;
      if (!found) await table.put(made, name);
      return found ?? made;
    });
  }

  /** Empties the named tables, or all, in one step. */
  async clear(names: readonly Table[] = TABLES): Promise<void> {
    await this.change([...names], async (change) => {
      for (const name of names) await change.objectStore(name).clear();
    });
  }
}

async function abortOnFailure<Names extends Table[], T>(
  change: Change<Names>,
  work: (change: Change<Names>) => Promise<T>,
): Promise<T> {
  try {
    return await work(change);
  } catch (error) {
    try {
      change.abort();
    } catch {
      // It had ended by itself.
    }
    throw error;
  }
}

/** Gives what the database throws a name that screens know; keeps refusals of our own. */
async function refused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof RefusedError ? error : new RefusedError("storage", { cause: error });
  }
}
