import { z } from 'zod';
import type { Schemas } from '@qdrant/js-client-rest';
import type { StoredImage } from '../../ports/vector-store.ts';
import { WORDS } from './build-collection.ts';
import { RECORD_FIELDS, toPayload, toRecord } from './payload.ts';
import { wordsVector } from './word-numbers.ts';

/** The unnamed vector, which is the picture's. */
const PICTURE = '';

/** What to read of a point for `toStored`. */
export const READ_STORED = { with_payload: RECORD_FIELDS, with_vector: [PICTURE] };

export function toPoint({ record, vector }: StoredImage): Schemas['PointStruct'] {
  return {
    id: record.imageId,
    vector: { [PICTURE]: Array.from(vector), [WORDS]: wordsVector(record) },
    payload: toPayload(record),
  };
}

const numbers = z.array(z.number());

/** Throws STORE_REFUSED for a point that is not ours. */
export function toStored(point: Schemas['Record']): StoredImage {
  return { record: toRecord(point.payload, point.id), vector: Float32Array.from(numbers.parse(point.vector)) };
}
