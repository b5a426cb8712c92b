// The one unfinished interview. It is sealed under a key of its own, which is
// sealed under the key of whoever began it. Finishing seals the interview to
// the server instead and erases draft and key in the same step: after it
// nobody who has the device can read what was said (TAB-1, TAB-2, TAB-7).

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";

import { base64url, textOf, utf8, type Bytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import type { Device } from "./device.ts";
import type { Env } from "./env.ts";
import { recipientKey, seal } from "./hpke.ts";
import type { Sessions } from "./sessions.ts";
import type { IntakeKey } from "./statement.ts";
import { THE_DRAFT, type Store, type StoredDraft, type Waiting } from "./store.ts";
import { RefusedError, type Drafts, type OpenDraft, type Session } from "./types.ts";
import { uuid7 } from "./uuid.ts";

/** The draft that this page has open. */
interface Held {
  readonly id: string;
  readonly key: CryptoKey;
}

const AES = { name: "AES-GCM", length: 256 } as const;

/** What is finished is filled up to a multiple of this with spaces: its length should not tell how much was said. */
const BLOCK = 1024;

export class Draft implements Drafts<unknown> {
  readonly #stored: Signal<StoredDraft | undefined> = signal(undefined);
  readonly open: ReadonlySignal<OpenDraft | undefined>;
  #held: Held | undefined;
  /** The draft that was open here was erased, and the screen may not know yet. */
  #lost = false;
  /** One change after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly env: Env,
    readonly store: Store,
    readonly clock: Clock,
    readonly device: Device,
    readonly sessions: Sessions,
    readonly intake: () => Promise<IntakeKey>,
    /** Told of every interview that was put into the outbox. */
    readonly onFinish: () => void,
  ) {
    this.open = computed(() => {
      const draft = this.#stored.value;
      const mine = draft?.owner === this.sessions.session.value?.ref;
      return draft && { started: draft.started, expires: draft.expires, mine };
    });
  }

  async restore(): Promise<void> {
    this.#stored.value = await this.store.db.get("drafts", THE_DRAFT);
    await this.look();
  }

  /** Erases a draft whose time is over, or when the tablet must hold none. */
  async look(): Promise<void> {
    const draft = this.#stored.value;
    if (draft && (this.clock.now() >= draft.expires || !this.device.usable)) await this.#inTurn(() => this.#erase());
  }

  load(): Promise<unknown> {
    return this.#inTurn(async () => {
      const draft = await this.#current();
      this.#lost = false;
      if (!draft) return undefined;
      const held = await this.#hold(draft);
      const plain = await this.env.crypto.subtle.decrypt(cipher(draft.iv, held.id), held.key, draft.sealed);
      return JSON.parse(textOf(plain)) as unknown;
    });
  }

  save(content: unknown): Promise<void> {
    return this.#inTurn(async () => {
      const draft = await this.#current();
      if (this.#lost) throw new RefusedError("no_draft");
      const { next, held } = draft ? { next: draft, held: await this.#hold(draft) } : await this.#begin();
      const iv = this.#iv();
      const sealed = await this.env.crypto.subtle.encrypt(cipher(iv, held.id), held.key, utf8(JSON.stringify(content)));
      const stored = { ...next, iv, sealed };
      await this.store.change(["drafts"], async (change) => {
        const table = change.objectStore("drafts");
        // Another page may have finished it, or begun one.
        if ((await table.get(THE_DRAFT))?.id !== draft?.id) throw new RefusedError(draft ? "no_draft" : "not_yours");
        await table.put(stored, THE_DRAFT);
      });
      this.#held = held;
      this.#stored.value = stored;
    });
  }

  finish(submission: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#inTurn(async () => {
      const draft = await this.#current();
      if (!draft || this.#lost) throw new RefusedError("no_draft");
      const { ref, agency } = this.#who();
      if (draft.owner !== ref) throw new RefusedError("not_yours");
      const item = await this.#seal(submission, ref, agency);
      await this.store.change(["drafts", "outbox"], async (change) => {
        const drafts = change.objectStore("drafts");
        if ((await drafts.get(THE_DRAFT))?.id !== draft.id) throw new RefusedError("no_draft");
        await change.objectStore("outbox").put(item);
        await drafts.delete(THE_DRAFT);
      });
      this.#held = undefined;
      this.#stored.value = undefined;
      this.onFinish();
    });
  }

  discard(): Promise<void> {
    return this.#inTurn(async () => {
      this.#who();
      await this.#erase();
      this.#lost = false;
    });
  }

  /** Erases the draft of somebody who cannot open it any more. */
  async eraseOf(ref: string): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#stored.value?.owner === ref) await this.#erase();
    });
  }

  /** Drops the draft's key from memory. */
  lock(): void {
    this.#held = undefined;
    this.#lost = false;
  }

  /** Says that there is none, after the storage was erased. */
  forget(): void {
    this.lock();
    this.#stored.value = undefined;
  }

  /** The draft as it stands, which another page may have changed; none whose time is over. */
  async #current(): Promise<StoredDraft | undefined> {
    const draft = (this.#stored.value = await this.store.db.get("drafts", THE_DRAFT));
    if (this.#held && this.#held.id !== draft?.id) {
      this.#held = undefined;
      this.#lost = true;
    }
    if (!draft || this.clock.now() < draft.expires) return draft;
    await this.#erase();
    return undefined;
  }

  async #begin(): Promise<{ next: Omit<StoredDraft, "iv" | "sealed">; held: Held }> {
    const key = this.#key();
    const standing = this.device.standing.value;
    if (standing.kind !== "active") throw new RefusedError("not_active");
    if (standing.leaseOver) throw new RefusedError("lease_over");
    const { expires } = await this.intake();
    if (this.clock.day() > expires) throw new RefusedError("no_intake_key");

    const { subtle } = this.env.crypto;
    const id = uuid7(this.env.crypto, this.clock.now());
    const wrapIv = this.#iv();
    const made = await subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
    const wrapped = await subtle.wrapKey("raw", made, key, cipher(wrapIv, id));
    const started = this.clock.now();
    const expiry = started + standing.device.policy.draft * 1000;
    const next = { id, owner: this.#who().ref, started, expires: expiry, wrapIv, wrapped };
    return { next, held: { id, key: await this.#unwrap(next, key) } };
  }

  /** Opens the key of a draft, for whoever began it. */
  async #hold(draft: StoredDraft): Promise<Held> {
    const key = this.#key();
    if (draft.owner !== this.#who().ref) throw new RefusedError("not_yours");
    if (this.#held?.id !== draft.id) this.#held = { id: draft.id, key: await this.#unwrap(draft, key) };
    return this.#held;
  }

  async #unwrap({ id, wrapIv, wrapped }: Pick<StoredDraft, "id" | "wrapIv" | "wrapped">, key: CryptoKey): Promise<CryptoKey> {
    const uses: KeyUsage[] = ["encrypt", "decrypt"];
    return this.env.crypto.subtle.unwrapKey("raw", wrapped, key, cipher(wrapIv, id), AES, false, uses);
  }

  async #seal(submission: Readonly<Record<string, unknown>>, author: string, agency: string): Promise<Waiting> {
    const { crypto } = this.env;
    const { kid, jwk } = await this.intake();
    const id = uuid7(crypto, this.clock.now());
    const info = utf8(`waymark/outbox/1\0${agency}\0${kid}`);
    const plain = filled(utf8(JSON.stringify({ ...submission, id })));
    const { encapsulated, ciphertext } = await seal(crypto, await recipientKey(crypto, jwk), info, utf8(id), plain);
    const sealed = { key: kid, encapsulated: base64url(encapsulated), ciphertext: base64url(ciphertext) };
    return { id, author, day: this.clock.day(), sealed };
  }

  async #erase(): Promise<void> {
    await this.store.change(["drafts"], (change) => change.objectStore("drafts").delete(THE_DRAFT));
    if (this.#held) this.#lost = true;
    this.#held = undefined;
    this.#stored.value = undefined;
  }

  #who(): Session {
    const session = this.sessions.session.value;
    if (!session) throw new RefusedError("locked");
    return session;
  }

  #key(): CryptoKey {
    const key = this.sessions.key;
    if (!key) throw new RefusedError(this.sessions.session.value ? "not_active" : "locked");
    return key;
  }

  #iv(): Bytes {
    return this.env.crypto.getRandomValues(new Uint8Array(12));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** AES-GCM bound to one draft: what was sealed for another does not open. */
const cipher = (iv: Bytes, id: string) => ({ name: "AES-GCM", iv, additionalData: utf8(`waymark/draft/1\0${id}`) });

function filled(text: Bytes): Bytes {
  const out = new Uint8Array(Math.ceil(text.length / BLOCK) * BLOCK).fill(0x20);
  out.set(text);
  return out;
}
