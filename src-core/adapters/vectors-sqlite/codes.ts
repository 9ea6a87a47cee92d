/**
 * One scale for all codes: a unit vector's components lie in [-1, 1], so nothing is ever cut off. With a scale per
 * vector, codes of two vectors can only be compared by their cosine, and usearch's int8 "cos" costs 1.7 times its "ip"
 * (37 against 21.5 ms at 1M × 256, 3.9 against 2.3 at 100k). The coarser steps lower recall@10 by code alone from 0.98
 * to 0.93 on random vectors; of the 64 best by code, rescored, it is 1.000 either way.
 */
const SCALE = 127;

/** The product of two codes, times this, is about their cosine. */
export const CODE_UNIT = 1 / (SCALE * SCALE);

/**
 * Four standard deviations of the error of an int8 score, which comes from rounding both vectors to steps of 1/127:
 * 4 × √2 × (1/127) / √12.
 */
export const SCORE_ERROR = 0.013;

/** The int8 code of a unit vector. */
export function encode(vector: Float32Array): Int8Array {
  const code = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) code[i] = Math.round(vector[i]! * SCALE);
  return code;
}

/**
 * A query's code, padded with zeros to `length`, in steps as fine as its largest component allows. `unit` turns its
 * product with a code into a cosine.
 */
export function encodeQuery(vector: Float32Array, length: number): { code: Int8Array; unit: number } {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest > 0 ? 127 / largest : 1;
  const code = new Int8Array(length);
  for (let i = 0; i < vector.length; i++) code[i] = Math.round(vector[i]! * scale);
  return { code, unit: 1 / (scale * SCALE) };
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
