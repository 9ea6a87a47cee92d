import { isDeepStrictEqual } from 'node:util';
import { imageRecord, type ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';

/** Stores bring vectors to unit length, each by its own arithmetic: some float32 steps, of 6e-8 below 1. */
const TOLERANCE = 1e-6;

const FIELDS = Object.keys(imageRecord.shape) as (keyof ImageRecord)[];

/** The same record, and each number of the vector to within 1e-6. */
export function isSameImage(one: StoredImage, other: StoredImage): boolean {
  return (
    isDeepStrictEqual(plainRecord(one.record), plainRecord(other.record)) && isSameVector(one.vector, other.vector)
  );
}

/**
 * What a record is today: one of an older version may lack the fields that are null when nothing is known, and one store
 * keeps a stray field that another has no place for.
 */
export function plainRecord(record: ImageRecord): ImageRecord {
  const known = FIELDS.filter((field) => record[field] !== undefined);
  const fields = Object.fromEntries(known.map((field) => [field, record[field]])) as ImageRecord;
  return { ...fields, title: record.title ?? null, caption: record.caption ?? null };
}

function isSameVector(one: Float32Array, other: Float32Array): boolean {
  return one.length === other.length && one.every((value, i) => Math.abs(value - other[i]!) <= TOLERANCE);
}
