// The app's icon: the blaze that marks a trail. It says nothing of what the app
// is for. Drawn from one list of shapes, as SVG and as PNG.
import { crc32, deflateSync } from "node:zlib";

/** Rounded rectangles in a square of 64: left, top, width, height, radius, colour. */
const SHAPES = [
  [0, 0, 64, 64, 0, "#1f4e5a"],
  [24, 14, 16, 36, 2, "#ffffff"],
  [24, 32, 16, 18, 2, "#f2b632"],
];

export const THEME = SHAPES[0][5];

export function svg() {
  const rectangles = SHAPES.map(
    ([x, y, width, height, rx, fill]) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${rx}" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">${rectangles.join("")}</svg>\n`;
}

/** Points looked at in each direction of a pixel, so that edges are smooth. */
const SAMPLES = 4;

export function png(size) {
  const row = size * 3 + 1; // a row begins with its filter: none
  const pixels = Buffer.alloc(row * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) pixels.set(pixel(x, y, size), y * row + 1 + x * 3);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2], 8); // eight bits of red, green and blue
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(pixels, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}

function pixel(x, y, size) {
  const sum = [0, 0, 0];
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const at = (pixel, sample) => ((pixel + (sample + 0.5) / SAMPLES) * 64) / size;
    const colour = colourAt(at(x, i % SAMPLES), at(y, Math.floor(i / SAMPLES)));
    for (const [channel, value] of colour.entries()) sum[channel] += value;
  }
  return sum.map((value) => Math.round(value / (SAMPLES * SAMPLES)));
}

function colourAt(x, y) {
  const [, , , , , colour] = SHAPES.findLast((shape) => inside(shape, x, y));
  return [1, 3, 5].map((from) => parseInt(colour.slice(from, from + 2), 16));
}

function inside([left, top, width, height, radius], x, y) {
  const beyond = (at, from, length) => Math.max(from + radius - at, at - (from + length - radius), 0);
  return Math.hypot(beyond(x, left, width), beyond(y, top, height)) <= radius;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
