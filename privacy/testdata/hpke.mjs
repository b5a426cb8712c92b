// HPKE (RFC 9180, base mode) with WebCrypto alone, as a browser does it, for
// the tests of package privacy: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
// AES-256-GCM. Reads one JSON object of base64url texts on standard input.
//
//   {"public", "info", "aad", "pt"}        seals: writes {"enc", "ct"}
//   {"private", "info", "aad", "enc", "ct"} opens: writes {"pt"}
import { webcrypto } from "node:crypto";

const { subtle } = webcrypto;
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const text = (value) => Buffer.from(value).toString("base64url");
const ascii = (value) => new TextEncoder().encode(value);
const join = (...parts) => new Uint8Array(Buffer.concat(parts));
const short = (n) => new Uint8Array([n >> 8, n & 255]);

const kem = join(ascii("KEM"), short(0x0010));
const suite = join(ascii("HPKE"), short(0x0010), short(0x0001), short(0x0002));

async function hmac(key, message) {
  const usable = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", usable, message));
}

const extract = (id, salt, label, ikm) =>
  hmac(salt.length ? salt : new Uint8Array(32), join(ascii("HPKE-v1"), id, ascii(label), ikm));

async function expand(id, prk, label, info, length) {
  const block = await hmac(prk, join(short(length), ascii("HPKE-v1"), id, ascii(label), info, new Uint8Array([1])));
  return block.slice(0, length); // never more than one block here
}

async function schedule(dh, enc, recipient, info) {
  const prk = await extract(kem, new Uint8Array(), "eae_prk", dh);
  const shared = await expand(kem, prk, "shared_secret", join(enc, recipient), 32);
  const none = new Uint8Array();
  const context = join(
    new Uint8Array([0]),
    await extract(suite, none, "psk_id_hash", none),
    await extract(suite, none, "info_hash", info),
  );
  const secret = await extract(suite, shared, "secret", none);
  const key = await expand(suite, secret, "key", context, 32);
  return {
    key: await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]),
    iv: await expand(suite, secret, "base_nonce", context, 12),
  };
}

const curve = { name: "ECDH", namedCurve: "P-256" };
const point = (raw) => subtle.importKey("raw", raw, curve, true, []);
const agree = async (own, other) => new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: other }, own, 256));

async function seal({ public: recipient, info, aad, pt }) {
  const pair = await subtle.generateKey(curve, false, ["deriveBits"]);
  const enc = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const dh = await agree(pair.privateKey, await point(bytes(recipient)));
  const { key, iv } = await schedule(dh, enc, bytes(recipient), bytes(info));
  const ct = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(aad) }, key, bytes(pt));
  return { enc: text(enc), ct: text(ct) };
}

async function open({ private: d, recipient, info, aad, enc, ct }) {
  const raw = bytes(recipient);
  const jwk = { kty: "EC", crv: "P-256", d, x: text(raw.slice(1, 33)), y: text(raw.slice(33)) };
  const own = await subtle.importKey("jwk", jwk, curve, false, ["deriveBits"]);
  const dh = await agree(own, await point(bytes(enc)));
  const { key, iv } = await schedule(dh, bytes(enc), raw, bytes(info));
  return { pt: text(await subtle.decrypt({ name: "AES-GCM", iv, additionalData: bytes(aad) }, key, bytes(ct))) };
}

const input = JSON.parse(await new Response(process.stdin).text());
process.stdout.write(JSON.stringify(await (input.private ? open(input) : seal(input))));
