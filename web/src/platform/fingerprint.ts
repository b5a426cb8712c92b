// What a supervisor compares before a tablet is confirmed: digits of the
// tablet's own key and of the trust key that it was handed. The tablet works
// them out by itself. One that somebody on the way handed another trust key
// shows other digits than the server does.

import { base64url, utf8 } from "./bytes.ts";

/** The thumbprint of a P-256 key (RFC 7638). */
export async function thumbprint(crypto: Crypto, { x, y }: JsonWebKey): Promise<string> {
  return base64url(await crypto.subtle.digest("SHA-256", utf8(JSON.stringify({ crv: "P-256", kty: "EC", x, y }))));
}

/** Twelve digits in groups of four, of the texts of two thumbprints. */
export async function fingerprint(crypto: Crypto, own: string, trust: string): Promise<string> {
  const sum = new DataView(await crypto.subtle.digest("SHA-256", utf8(own + trust)));
  const digits = (sum.getBigUint64(0) % 1_000_000_000_000n).toString().padStart(12, "0");
  return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}
