// A text as a square of dark and light fields.

import { encode } from "uqr";

/** Light fields that have to be around it (ISO/IEC 18004). */
const QUIET = 4;

export interface Square {
  /** Fields along one side, the quiet ones included. */
  readonly size: number;
  /** The dark fields as the data of an SVG path, one run along a row after the other. */
  readonly path: string;
}

/** Draws a text for a camera in poor light: a quarter of it may be spoilt. */
export function squareOf(text: string): Square {
  const { data, size } = encode(text, { ecc: "Q", border: QUIET });
  return { size, path: pathOf(data) };
}

/** The runs of dark fields as the data of an SVG path. */
export function pathOf(rows: readonly (readonly boolean[])[]): string {
  const runs: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      const length = x - from + 1;
      runs.push(`M${from} ${y}h${length}v1h-${length}z`);
    }
  });
  return runs.join("");
}
