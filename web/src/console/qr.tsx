// A code for the camera of a tablet.

import type { JSX } from "preact";

import { squareOf } from "./square.ts";

export function Qr({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { size, path } = squareOf(text);
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
