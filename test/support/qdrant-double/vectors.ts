import { badJson, invalidBody, unsupported, wrongInput } from './refusal.ts';
import type { VectorParams } from './collection-config.ts';
import type { Point, SparseVector } from './points.ts';

/** What a write or a query names as a vector: by name, the unnamed one as ''. */
export interface VectorStruct {
  dense: Record<string, readonly number[]>;
  sparse: Record<string, SparseVector>;
}

const badStruct = () => badJson('data did not match any variant of untagged enum VectorStruct');

/** Reads the `vector` of a point; `at` is its place in the body, which messages name. */
export function readVectorStruct(value: unknown, at: string): VectorStruct {
  const struct: VectorStruct = { dense: {}, sparse: {} };
  if (value === undefined) throw badJson('missing field `vector`');
  if (Array.isArray(value)) {
    struct.dense[''] = readDense(value);
    return struct;
  }
  if (typeof value !== 'object' || value === null) throw badStruct();
  refuseInference(value);
  for (const [name, inner] of Object.entries(value)) {
    if (Array.isArray(inner)) struct.dense[name] = readDense(inner);
    else struct.sparse[name] = readSparse(inner, `${at}.vector.?`);
  }
  return struct;
}

function readDense(value: readonly unknown[]): number[] {
  if (value.some((each) => Array.isArray(each))) throw unsupported('multi-vectors');
  if (!isNumbers(value)) throw badStruct();
  return value;
}

export function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

/** A sparse vector, its words in rising order. */
export function readSparse(value: unknown, at: string): SparseVector {
  if (typeof value !== 'object' || value === null) throw badStruct();
  refuseInference(value);
  const { indices, values } = value as Record<string, unknown>;
  if (!isNumbers(indices) || !isNumbers(values) || !indices.every(isIndex)) throw badStruct();
  if (indices.length !== values.length) {
    throw invalidBody(`${at}.values: Validation error: must be the same length as indices [{}]`);
  }
  if (new Set(indices).size < indices.length) {
    throw invalidBody(`${at}.indices: Validation error: must be unique [{}]`);
  }
  const order = indices.map((_, at) => at).toSorted((a, b) => indices[a]! - indices[b]!);
  return { indices: order.map((at) => indices[at]!), values: order.map((at) => Math.fround(values[at]!)) };
}

const isIndex = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < 2 ** 32;

export function refuseInference(value: object): void {
  if ('model' in value) throw unsupported('inference: vectors made by the server');
}

/** As the collection keeps a vector: float32, of length 1 under Cosine (a zero vector stays). `into` is memory for it. */
export function toStored(vector: readonly number[], params: VectorParams, into?: () => Float32Array): Float32Array {
  if (vector.length !== params.size) {
    throw wrongInput(`Vector dimension error: expected dim: ${params.size}, got ${vector.length}`);
  }
  const stored = into ? into() : new Float32Array(params.size);
  stored.set(vector);
  if (params.distance !== 'Cosine') return stored;
  const length = Math.sqrt(dot(stored, stored));
  if (length === 0 || Math.abs(length - 1) < 1e-6) return stored;
  for (let at = 0; at < stored.length; at++) stored[at]! /= length;
  return stored;
}

/** Four sums at once: one alone would wait for each addition. */
export function dot(a: Float32Array, b: Float32Array): number {
  let [sum, second, third, fourth] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let at = 0; at < whole; at += 4) {
    sum += a[at]! * b[at]!;
    second += a[at + 1]! * b[at + 1]!;
    third += a[at + 2]! * b[at + 2]!;
    fourth += a[at + 3]! * b[at + 3]!;
  }
  for (let at = whole; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum + second + third + fourth;
}

/** A point's vectors as an answer shows them: plain where there is only the unnamed one. */
export function shownVectors({ dense, sparse }: Point, wanted: boolean | readonly string[]): unknown {
  const isWanted = (name: string): boolean => wanted === true || (wanted !== false && wanted.includes(name));
  const shown: [string, unknown][] = [
    ...Object.entries(dense).map(([name, vector]): [string, unknown] => [name, Array.from(vector)]),
    ...Object.entries(sparse),
  ];
  const named = shown.filter(([name]) => isWanted(name));
  return named.length === 1 && named[0]![0] === '' ? named[0]![1] : Object.fromEntries(named);
}

/** The shortest decimal number that means this float32, as the server writes scores. */
export function shortest(value: number): number {
  const single = Math.fround(value);
  for (let digits = 6; digits < 10; digits++) {
    const text = Number(single.toPrecision(digits));
    if (Math.fround(text) === single) return text;
  }
  return single;
}
