// UUIDv7 (RFC 9562): the id of a finished interview. The server derives the
// record's id from it under a key and drops it.

import { hex } from "./bytes.ts";

/** A UUIDv7 of a time in milliseconds. */
export function uuid7(crypto: Crypto, time: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(time / 2 ** 32));
  view.setUint32(2, Math.floor(time) >>> 0);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
