import { rgbaToThumbHash } from 'thumbhash';

/** A part of the model's square, in pixels. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

const LUMA_EDGE = 32;
const LOW = 8;
const THUMB_EDGE = 24;

/** cos((2x + 1) u π / 64) for the eight lowest frequencies u. */
const COSINES = Float64Array.from({ length: LOW * LUMA_EDGE }, (_, i) => {
  const u = Math.floor(i / LUMA_EDGE);
  const x = i % LUMA_EDGE;
  return Math.cos(((2 * x + 1) * u * Math.PI) / (2 * LUMA_EDGE));
});

/**
 * 64-bit perceptual hash as 16 hex digits, the way of Python's `imagehash.phash`: the 8 × 8 lowest frequencies of a
 * 32 × 32 luma picture, a bit for each that is above their median, row by row, highest bit first.
 * `pixels`: uint8 [size, size, 3].
 */
export function perceptualHash(pixels: Uint8Array, size: number): string {
  const rgb = shrink(pixels, size, { left: 0, top: 0, width: size, height: size }, LUMA_EDGE, LUMA_EDGE);
  const rows = new Float64Array(LUMA_EDGE * LOW);
  for (let y = 0; y < LUMA_EDGE; y++) {
    for (let x = 0; x < LUMA_EDGE; x++) {
      const at = (y * LUMA_EDGE + x) * 4;
      const luma = 0.299 * (rgb[at] ?? 0) + 0.587 * (rgb[at + 1] ?? 0) + 0.114 * (rgb[at + 2] ?? 0);
      for (let u = 0; u < LOW; u++) rows[y * LOW + u]! += luma * COSINES[u * LUMA_EDGE + x]!;
    }
  }
  const frequencies = new Float64Array(LOW * LOW);
  for (let v = 0; v < LOW; v++) {
    for (let y = 0; y < LUMA_EDGE; y++) {
      const cosine = COSINES[v * LUMA_EDGE + y]!;
      for (let u = 0; u < LOW; u++) frequencies[v * LOW + u]! += rows[y * LOW + u]! * cosine;
    }
  }
  const sorted = frequencies.toSorted();
  const median = (sorted[31]! + sorted[32]!) / 2;
  let hash = 0n;
  for (const frequency of frequencies) hash = (hash << 1n) | (frequency > median ? 1n : 0n);
  return hash.toString(16).padStart(16, '0');
}

/** ThumbHash, base64, of what `area` of the model's square shows, at the aspect ratio `width` : `height`. */
export function thumbHash(pixels: Uint8Array, size: number, area: Area, width: number, height: number): string {
  const scale = THUMB_EDGE / Math.max(width, height);
  const thumbWidth = Math.max(1, Math.round(width * scale));
  const thumbHeight = Math.max(1, Math.round(height * scale));
  const rgba = shrink(pixels, size, area, thumbWidth, thumbHeight);
  return Buffer.from(rgbaToThumbHash(thumbWidth, thumbHeight, rgba)).toString('base64');
}

/** RGBA [height, width, 4], each pixel the mean of its box of whole source pixels; good enough for a hash, and cheap. */
function shrink(pixels: Uint8Array, size: number, area: Area, width: number, height: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const top = area.top + Math.floor((y * area.height) / height);
    const bottom = Math.max(top + 1, area.top + Math.floor(((y + 1) * area.height) / height));
    for (let x = 0; x < width; x++) {
      const left = area.left + Math.floor((x * area.width) / width);
      const right = Math.max(left + 1, area.left + Math.floor(((x + 1) * area.width) / width));
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = top; row < bottom; row++) {
        const end = (row * size + right) * 3;
        for (let at = (row * size + left) * 3; at < end; at += 3) {
          red += pixels[at]!;
          green += pixels[at + 1]!;
          blue += pixels[at + 2]!;
        }
      }
      const count = (bottom - top) * (right - left);
      const to = (y * width + x) * 4;
      out[to] = red / count;
      out[to + 1] = green / count;
      out[to + 2] = blue / count;
      out[to + 3] = 255;
    }
  }
  return out;
}
