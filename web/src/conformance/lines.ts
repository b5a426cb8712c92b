import type { Readable } from "node:stream";

/** Reads lines as bytes, without their ends. The last one may have none. */
export async function* lines(input: Readable): AsyncGenerator<Uint8Array[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const found: Uint8Array[] = [];
    let from = 0;
    for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", from)) {
      const returned = end > from && bytes[end - 1] === 13; // a line may end in CR LF
      found.push(bytes.subarray(from, returned ? end - 1 : end));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    yield found;
  }
  if (rest.length > 0) yield [rest];
}
