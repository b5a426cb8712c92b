import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";

import { base64url, fromBase64url, hex, textOf, utf8, type Bytes } from "../src/platform/bytes.ts";
import { context, recipientKey, seal, sharedSecret } from "../src/platform/hpke.ts";
import { uuid7 } from "../src/platform/uuid.ts";

const bytes = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "hex"));
const CURVE = { name: "ECDH", namedCurve: "P-256" };

/** A key pair's private half, of its scalar and its point. */
function privateKey(d: Bytes, point: Bytes): Promise<CryptoKey> {
  const [x, y] = [base64url(point.slice(1, 33)), base64url(point.slice(33))];
  const jwk = { kty: "EC", crv: "P-256", d: base64url(d), x, y };
  return crypto.subtle.importKey("jwk", jwk, CURVE, false, ["deriveBits"]);
}

async function opened(own: CryptoKey, point: Bytes, enc: Bytes, info: Bytes, aad: Bytes, ct: Bytes): Promise<string> {
  const sender = await crypto.subtle.importKey("raw", enc, CURVE, true, []);
  const { key, nonce } = await context(crypto, await sharedSecret(crypto, own, sender, enc, point), info, 32);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  return textOf(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, aes, ct));
}

// The vectors of RFC 9180 for P-256 with AES-128-GCM and AES-256-GCM. The
// thousand messages of each are drawn from SHAKE128 of nothing, and their
// ciphertexts are held against the first bytes of SHAKE128 of them all.
interface Vector {
  readonly aead_id: number;
  readonly info: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly encryptions_accumulated: string;
}
const vectors = JSON.parse(readFileSync("test/testdata/rfc9180.json", "utf8")) as Vector[];
assert.equal(vectors.length, 2);
for (const vector of vectors) {
  test(`RFC 9180, P-256 with AEAD ${vector.aead_id}`, async () => {
    const [d, point, enc, info] = [vector.skRm, vector.pkRm, vector.enc, vector.info].map(bytes) as [Bytes, Bytes, Bytes, Bytes];
    const sender = await crypto.subtle.importKey("raw", enc, CURVE, true, []);
    const shared = await sharedSecret(crypto, await privateKey(d, point), sender, enc, point);
    const { key, nonce } = await context(crypto, shared, info, vector.aead_id === 1 ? 16 : 32);
    const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
    const source = createHash("shake128", { outputLength: 1 << 19 }).digest();
    const sink = createHash("shake128", { outputLength: 16 });
    let at = 0;
    const draw = (): Uint8Array<ArrayBuffer> => {
      const from = at + 1;
      at = from + source[at]!;
      return Uint8Array.from(source.subarray(from, at));
    };
    for (let n = 0; n < 1000; n++) {
      const iv = nonce.slice();
      iv[11]! ^= n & 0xff;
      iv[10]! ^= n >> 8;
      const aad = draw();
      sink.update(new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, aes, draw())));
    }
    assert.equal(sink.digest("hex"), vector.encryptions_accumulated);
  });
}

// What the server's own tests hold: the same vectors on both sides.
interface Shared {
  readonly about: string;
  readonly private: string;
  readonly public: string;
  readonly info: string;
  readonly aad: string;
  readonly enc: string;
  readonly ct: string;
  readonly pt: string;
}
const shared = JSON.parse(readFileSync("../privacy/testdata/hpke.json", "utf8")) as Shared[];
assert.ok(shared.length > 1);
for (const { about, pt, ...v } of shared) {
  test(`the server's vector: ${about}`, async () => {
    const at = (name: keyof typeof v): Bytes => fromBase64url(v[name]);
    const own = await privateKey(at("private"), at("public"));
    assert.equal(await opened(own, at("public"), at("enc"), at("info"), at("aad"), at("ct")), textOf(fromBase64url(pt)));
  });
}

test("what is sealed opens with the recipient's key, for the same info and the same id only", async () => {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const recipient = await recipientKey(crypto, await crypto.subtle.exportKey("jwk", pair.publicKey));
  const [info, aad] = [utf8("info"), utf8("id")];
  const { encapsulated, ciphertext } = await seal(crypto, recipient, info, aad, utf8("said"));
  assert.equal(await opened(pair.privateKey, point, encapsulated, info, aad, ciphertext), "said");
  await assert.rejects(opened(pair.privateKey, point, encapsulated, utf8("other"), aad, ciphertext));
  await assert.rejects(opened(pair.privateKey, point, encapsulated, info, utf8("other"), ciphertext));
  const again = await seal(crypto, recipient, info, aad, utf8("said"));
  assert.notEqual(hex(again.encapsulated), hex(encapsulated));
});

test("a point that is not on the curve is no recipient", async () => {
  const x = base64url(new Uint8Array(32).fill(1));
  await assert.rejects(async () => recipientKey(crypto, { x, y: x }));
  await assert.rejects(async () => recipientKey(crypto, { x }));
});

test("a UUIDv7 begins with its time, and so sorts by it", () => {
  const [early, late] = [uuid7(crypto, 1_700_000_000_000), uuid7(crypto, 1_700_000_000_001)];
  assert.match(early, /^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(early < late);
});
