// Bytes and how they are written down.

export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

export const textOf = (bytes: BufferSource): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

export function concat(...parts: readonly (Bytes | ArrayBuffer)[]): Bytes {
  const arrays = parts.map((part) => new Uint8Array(part));
  const out = new Uint8Array(arrays.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of arrays) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Base64url without padding (RFC 4648 §5). */
export function base64url(bytes: Bytes | ArrayBuffer): string {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads base64url without padding; throws on anything else. */
export function fromBase64url(text: string): Bytes {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  if (base64url(bytes) !== text) throw new Error("not base64url in its one form");
  return bytes;
}

export const hex = (bytes: Bytes | ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
