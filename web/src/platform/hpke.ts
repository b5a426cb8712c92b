// HPKE (RFC 9180) in base mode with one message: DHKEM(P-256, HKDF-SHA256),
// HKDF-SHA256 and AES-GCM, of what WebCrypto has. A tablet only seals; nothing
// here opens.

import { concat, utf8, type Bytes } from "./bytes.ts";

const KEM = 0x0010;
const KDF = 0x0001;
/** The number of AES-GCM by the length of its key in bytes. */
const AEAD = { 16: 0x0001, 32: 0x0002 } as const;
export type KeyLength = keyof typeof AEAD;

const HASH = 32;
const NONCE = 12;
const POINT = 65;
const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;

const number16 = (n: number): Bytes => Uint8Array.of(n >> 8, n & 0xff);
const NOTHING = new Uint8Array(0);

export interface Sealed {
  readonly encapsulated: Bytes;
  readonly ciphertext: Bytes;
}

/** What a sender and a recipient hold in common. */
export interface Context {
  readonly key: Bytes;
  readonly nonce: Bytes;
}

/** Seals one message to a public key. info and aad have to be the same when it is opened. */
export async function seal(crypto: Crypto, recipient: CryptoKey, info: Bytes, aad: Bytes, plain: Bytes): Promise<Sealed> {
  const ephemeral = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const encapsulated = await point(crypto, ephemeral.publicKey);
  const shared = await sharedSecret(crypto, ephemeral.privateKey, recipient, encapsulated, await point(crypto, recipient));
  const { key, nonce } = await context(crypto, shared, info, 32);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, aes, plain);
  return { encapsulated, ciphertext: new Uint8Array(ciphertext) };
}

/** A public key from the coordinates of a JWK; throws for anything but a point of P-256. */
export function recipientKey(crypto: Crypto, { x, y }: JsonWebKey): Promise<CryptoKey> {
  if (!x || !y) throw new Error("a JWK without a point");
  return crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x, y }, CURVE, true, []);
}

/** DHKEM's secret; either side computes it, each from its own private and the other's public key. */
export async function sharedSecret(
  crypto: Crypto,
  own: CryptoKey,
  other: CryptoKey,
  encapsulated: Bytes,
  recipient: Bytes,
): Promise<Bytes> {
  const suite = concat(utf8("KEM"), number16(KEM));
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: other }, own, 256));
  const secret = await extract(crypto, suite, NOTHING, "eae_prk", dh);
  return expand(crypto, suite, secret, "shared_secret", concat(encapsulated, recipient), HASH);
}

/** The key schedule of base mode. */
export async function context(crypto: Crypto, shared: Bytes, info: Bytes, length: KeyLength): Promise<Context> {
  const suite = concat(utf8("HPKE"), number16(KEM), number16(KDF), number16(AEAD[length]));
  const ids = await extract(crypto, suite, NOTHING, "psk_id_hash", NOTHING);
  const about = concat(Uint8Array.of(0), ids, await extract(crypto, suite, NOTHING, "info_hash", info));
  const secret = await extract(crypto, suite, shared, "secret", NOTHING);
  return {
    key: await expand(crypto, suite, secret, "key", about, length),
    nonce: await expand(crypto, suite, secret, "base_nonce", about, NONCE),
  };
}

/** A public key as an uncompressed point. */
async function point(crypto: Crypto, key: CryptoKey): Promise<Bytes> {
  const bytes = new Uint8Array(await crypto.subtle.exportKey("raw", key));
  if (bytes.length !== POINT) throw new Error("not an uncompressed point of P-256");
  return bytes;
}

const VERSION = utf8("HPKE-v1");

function extract(crypto: Crypto, suite: Bytes, salt: Bytes, label: string, input: Bytes): Promise<Bytes> {
  return mac(crypto, salt.length > 0 ? salt : new Uint8Array(HASH), concat(VERSION, suite, utf8(label), input));
}

/** HKDF-Expand for up to one block, which is all that is needed. */
async function expand(
  crypto: Crypto,
  suite: Bytes,
  secret: Bytes,
  label: string,
  info: Bytes,
  length: number,
): Promise<Bytes> {
  const about = concat(number16(length), VERSION, suite, utf8(label), info, Uint8Array.of(1));
  return (await mac(crypto, secret, about)).slice(0, length);
}

async function mac(crypto: Crypto, key: Bytes, message: Bytes): Promise<Bytes> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
}
