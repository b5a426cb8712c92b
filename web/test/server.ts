// A server as the contract has it, in memory: proofs, enrolment, tokens, the
// bundle and sealed interviews. It can be out of reach, and it can lose replies
// after it has done what was asked.

import { base64url, fromBase64url, textOf, utf8 } from "../src/platform/bytes.ts";
import { context, sharedSecret } from "../src/platform/hpke.ts";
import { toy } from "./toy.ts";

type Json = Record<string, unknown>;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
  readonly headers: Headers;
  readonly claims: Json;
  readonly jkt: string;
}

/** A reply that is thrown by whatever answers. */
export class Refuse extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

interface FakeDevice {
  id: string;
  state: "pending" | "active" | "revoked";
  drains: number;
}

export const PASSWORDS: Readonly<Record<string, string>> = { somchai: "four words of his", malee: "four words of hers" };
const LANGUAGES = ["en", "th", "my"];
const SCRIPTS: Json = { en: "Latn", th: "Thai", my: "Mymr" };
const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const BY = { name: "ECDSA", hash: "SHA-256" } as const;

export class FakeServer {
  readonly origin = "https://waymark.test";
  now = Date.parse("2026-11-20T08:00:00Z");
  offline = false;
  nonce = "nonce-1";
  readonly asked: Asked[] = [];
  readonly devices = new Map<string, FakeDevice>();
  readonly codes = new Set(["CODE-ONE"]);
  /** What was delivered, opened. */
  readonly kept = new Map<string, string>();
  readonly health: Json[] = [];
  /** Replies that are lost after the work was done: told of each request, says whether. */
  lose: (asked: Asked) => boolean = () => false;
  /** Receipts other than the usual ones. */
  receipt: (id: string, plain: Json) => Json | undefined = () => undefined;
  /** Comes before every other answer. */
  first: (asked: Asked) => Response | undefined = () => undefined;
  policy = { lease: 7 * 86400, draft: 12 * 3600, idle: 120 };
  /** Changed to stand for an attacker. */
  trust!: CryptoKeyPair;
  intake!: CryptoKeyPair;
  intakeSigner!: CryptoKeyPair;
  expires = "2027-03-31";
  text = "How are you?";
  program = toy();
  #texts = 0;
  readonly #jtis = new Set<string>();
  readonly #access = new Map<string, { jkt: string; who: string; until: number }>();
  readonly #refresh = new Map<string, { who: string; jkt: string; used?: { key: string; reply: Json } }>();

  static async start(): Promise<FakeServer> {
    const server = new FakeServer();
    server.trust = await crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
    server.intakeSigner = server.trust;
    server.intake = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    return server;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    if (this.offline) throw new TypeError("network is unreachable");
    const asked = await this.#read(url, new Request(url, { ...init, credentials: "omit" } as RequestInit));
    const response = await this.#answer(asked);
    response.headers.set("DPoP-Nonce", this.nonce);
    if (this.lose(asked)) throw new TypeError("the connection was reset");
    return response;
  };

  device(): FakeDevice {
    const [device] = this.devices.values();
    if (!device) throw new Error("no device has enrolled");
    return device;
  }

  asks(path: string): Asked[] {
    return this.asked.filter((asked) => asked.path === path);
  }

  /** New wording, and so new digests. */
  publish(text: string): void {
    this.text = text;
    this.#texts++;
  }

  async #read(url: URL, request: Request): Promise<Asked> {
    const proof = request.headers.get("DPoP") ?? "";
    const [header = "", payload = "", signature = ""] = proof.split(".");
    const { typ, alg, jwk } = JSON.parse(textOf(fromBase64url(header))) as { typ: string; alg: string; jwk: JsonWebKey };
    const key = await crypto.subtle.importKey("jwk", jwk, EC, true, ["verify"]);
    const holds = await crypto.subtle.verify(BY, key, fromBase64url(signature), utf8(`${header}.${payload}`));
    if (typ !== "dpop+jwt" || alg !== "ES256" || !holds || "d" in jwk) throw new Error("not a proof");
    const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
    const text = await request.text();
    const asked: Asked = {
      method: request.method,
      path: url.pathname,
      body: (text === "" ? {} : JSON.parse(text)) as Json,
      headers: request.headers,
      claims: JSON.parse(textOf(fromBase64url(payload))) as Json,
      jkt: base64url(await crypto.subtle.digest("SHA-256", utf8(canonical))),
    };
    this.asked.push(asked);
    return asked;
  }

  async #answer(asked: Asked): Promise<Response> {
    try {
      const first = this.first(asked);
      if (first) return first;
      await this.#check(asked);
      return await this.#route(asked);
    } catch (error) {
      if (!(error instanceof Refuse)) throw error;
      return problem(error.status, error.code);
    }
  }

  async #check({ method, path, claims, headers }: Asked): Promise<void> {
    if (claims["htm"] !== method || claims["htu"] !== this.origin + path) throw new Refuse(401, "unauthenticated");
    if (claims["nonce"] !== this.nonce) throw new Refuse(401, "dpop_nonce_needed");
    if (this.#jtis.has(String(claims["jti"]))) throw new Refuse(401, "unauthenticated");
    this.#jtis.add(String(claims["jti"]));
    const token = headers.get("Authorization")?.replace("DPoP ", "");
    const ath = token === undefined ? undefined : base64url(await crypto.subtle.digest("SHA-256", utf8(token)));
    if (claims["ath"] !== ath) throw new Refuse(401, "unauthenticated");
  }

  async #route(asked: Asked): Promise<Response> {
    const { method, path } = asked;
    const device = this.devices.get(asked.jkt);
    if (path === "/v1/auth/token") return json(this.#token(asked));
    if (path === "/v1/auth/revoke") return this.#revoke(asked);
    if (path === "/v1/devices" && method === "POST") return this.#enrol(asked);
    if (path.startsWith("/v1/devices/current")) {
      if (!device) throw new Refuse(401, "device_unknown");
      if (path.endsWith("/health")) return this.health.push(asked.body), new Response(null, { status: 204 });
      return json(await this.#own(device));
    }
    const who = this.#who(asked);
    if (device?.state === "revoked" && path !== "/v1/submissions") throw new Refuse(401, "device_revoked");
    if (path === "/v1/submissions") return json({ receipts: await this.#submit(asked) });
    if (path === "/v1/who") return json({ who });
    if (path === "/v1/bundle") return this.#bundle(asked);
    const [, language, part] = /^\/v1\/bundle\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    if (language && part) return json(this.#part(language, part));
    throw new Refuse(404, "not_found");
  }

  #who({ headers, jkt }: Asked): string {
    const token = this.#access.get(headers.get("Authorization")?.replace("DPoP ", "") ?? "");
    if (token?.jkt !== jkt || token.until < this.now) throw new Refuse(401, "unauthenticated");
    return token.who;
  }

  #token({ body, jkt, headers }: Asked): Json {
    const device = this.devices.get(jkt);
    switch (body["grant_type"]) {
      case "device":
        if (device?.state === "revoked" && device.drains-- <= 0) throw new Refuse(401, "device_revoked");
        if (!device || device.state === "pending") throw new Refuse(401, "device_pending");
        return this.#grant(device.id, jkt);
      case "password":
        if (PASSWORDS[String(body["name"])] !== body["password"]) throw new Refuse(401, "wrong_credentials");
        return this.#family(String(body["name"]), jkt);
      default: {
        const used = this.#refresh.get(String(body["refresh_token"]));
        const key = headers.get("Idempotency-Key") ?? "";
        if (used?.jkt !== jkt) throw new Refuse(401, "wrong_refresh_token");
        if (used.used && used.used.key === key) return used.used.reply;
        if (used.used) throw new Refuse(401, "wrong_refresh_token");
        const reply = this.#family(used.who, jkt);
        used.used = { key, reply };
        return reply;
      }
    }
  }

  #family(who: string, jkt: string): Json {
    const refresh = `refresh-${this.#refresh.size}-${who}`;
    this.#refresh.set(refresh, { who, jkt });
    return { ...this.#grant(who, jkt), refresh_token: refresh };
  }

  #grant(who: string, jkt: string): Json {
    const access = `access-${this.#access.size}`;
    this.#access.set(access, { jkt, who, until: this.now + 300_000 });
    const more = { role: "officer", agency: "mekong", ref: `usr_${Object.keys(PASSWORDS).indexOf(who)}`, sites: ["mae-sot"] };
    return { access_token: access, token_type: "DPoP", expires_in: 300, ...more };
  }

  #revoke({ body }: Asked): Response {
    this.#refresh.delete(String(body["refresh_token"]));
    return new Response(null, { status: 204 });
  }

  async #enrol({ body, jkt }: Asked): Promise<Response> {
    const known = this.devices.get(jkt);
    if (!known && !this.codes.delete(String(body["code"]))) throw new Refuse(403, "wrong_enrolment_code");
    const device = known ?? { id: "dev_1", state: "pending" as const, drains: 1 };
    this.devices.set(jkt, device);
    return json(await this.#own(device), 201);
  }

  async #own({ id, state }: FakeDevice): Promise<Json> {
    const leased = new Date(this.now + this.policy.lease * 1000).toISOString();
    const trust = await crypto.subtle.exportKey("jwk", this.trust.publicKey);
    return {
      id,
      agency: "mekong",
      site: "mae-sot",
      country: "TH",
      label: "tablet 7",
      state,
      fingerprint: "1234 5678 9012",
      now: new Date(this.now).toISOString(),
      lease_until: leased,
      trust,
      policy: this.policy,
    };
  }

  async #bundle({ headers }: Asked): Promise<Response> {
    const tag = `"core-${this.#texts}"`;
    if (headers.get("If-None-Match") === tag) return new Response(null, { status: 304, headers: { ETag: tag } });
    const digest = async (language: string, part: string): Promise<string> => {
      const text = `${language}\0${JSON.stringify(this.#part(language, part))}`;
      return Buffer.from(await crypto.subtle.digest("SHA-256", utf8(text))).toString("hex").slice(0, 32);
    };
    const languages = LANGUAGES.map(async (language) => ({
      language,
      name: language,
      english: language,
      script: SCRIPTS[language],
      direction: "ltr",
      status: "draft",
      interview: await digest(language, "interview"),
      interface: await digest(language, "interface"),
    }));
    const sum = await crypto.subtle.digest("SHA-256", utf8(this.program));
    const instrument = {
      questionnaire: { id: "toy", version: "1.0.0", items: [] },
      keys: ["items.A01.text"],
      program: { digest: Buffer.from(sum).toString("hex"), program: JSON.parse(this.program) as Json },
      vectors: { vectors: [{ name: "a", why: "b", answers: { A01: ["taken"] }, want: { outcome: "REFER" } }] },
      steps: { outcomes: { REFER: "same_day" } },
    };
    const core = { format: 1, instruments: [instrument], languages: await Promise.all(languages), intake: await this.statement(), jurisdictions: [] };
    return json(core, 200, { ETag: tag });
  }

  async statement(): Promise<string> {
    const { x, y } = await crypto.subtle.exportKey("jwk", this.intake.publicKey);
    const payload = { kid: "2026q4", agency: "mekong", jwk: { kty: "EC", crv: "P-256", x, y }, expires: this.expires };
    const signed = [{ alg: "ES256" }, payload].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
    return `${signed}.${base64url(await crypto.subtle.sign(BY, this.intakeSigner.privateKey, utf8(signed)))}`;
  }

  #part(language: string, part: string): Json {
    if (part === "interface") return { language, messages: { "outcome.REFER": `${this.text} (${language})` } };
    return { language, instruments: { "toy@1.0.0": [this.text] }, messages: { "person.thanks": "Thank you." } };
  }

  async #submit({ body }: Asked): Promise<Json[]> {
    const items = body["items"] as { id: string; author: string; sealed: Record<string, string> }[];
    return Promise.all(items.map(async ({ id, sealed }) => this.#keep(id, await this.open(id, sealed))));
  }

  #keep(id: string, text: string): Json {
    const plain = JSON.parse(text) as Json;
    if (plain["id"] !== id) return { id, status: "rejected", problem: { code: "invalid", title: "Other id", detail: "Other." } };
    const other = this.receipt(id, plain);
    if (other) return { id, ...other };
    const before = this.kept.get(id);
    this.kept.set(id, before ?? text);
    return { id, status: before === undefined ? "stored" : before === text ? "duplicate" : "conflict" };
  }

  /** Opens what was sealed to the intake key. */
  async open(id: string, { key, encapsulated, ciphertext }: Record<string, string>): Promise<string> {
    const enc = fromBase64url(encapsulated!);
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const sender = await crypto.subtle.importKey("raw", enc, curve, true, []);
    const own = new Uint8Array(await crypto.subtle.exportKey("raw", this.intake.publicKey));
    const shared = await sharedSecret(crypto, this.intake.privateKey, sender, enc, own);
    const { key: aes, nonce } = await context(crypto, shared, utf8(`waymark/outbox/1\0mekong\0${key}`), 32);
    const opener = await crypto.subtle.importKey("raw", aes, "AES-GCM", false, ["decrypt"]);
    const by = { name: "AES-GCM", iv: nonce, additionalData: utf8(id) };
    return textOf(await crypto.subtle.decrypt(by, opener, fromBase64url(ciphertext!)));
  }
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

export const problem = (status: number, code: string): Response =>
  new Response(JSON.stringify({ type: "about:blank", status, code, title: code, detail: code, instance: "1" }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
