import type { Schemas } from '@qdrant/js-client-rest';
import { AppError } from '../../domain/app-error.ts';
import { imageRecord, type ImageRecord } from '../../domain/image-record.ts';
import type { RecordPatch } from '../../ports/vector-store.ts';
import { factsOf } from './facts.ts';
import { startOf } from './start-of.ts';
import { indexNumbers } from './word-numbers.ts';

export type Payload = Record<string, unknown>;

/**
 * A point's payload is the record's fields by their names, so that people and other programs can read it, and what
 * conditions need beside them:
 *
 * - `start_<field>`: a text field as `startOf` marks it, for conditions on how it begins;
 * - `folders`: the beginnings of the canonical name that end with a slash;
 * - `facts`: the producer's metadata, of which Qdrant cannot name every key (facts.ts);
 * - `words`: what the record is found by (word-numbers.ts).
 *
 * Two fields are kept as text, because the server's reader of numbers may be off by the last bit: `metadata`, and
 * `mtime` where `mtimeMs` has a fraction.
 */
export function toPayload(record: ImageRecord): Payload {
  const { metadata, ...others } = record;
  const fields = wellFormed(others);
  return withoutNulls({
    ...fields,
    ...starts(fields),
    ...metadataFields(metadata ?? null),
    ...mtimeFields(record.mtimeMs),
    folders: foldersOf(record.canonicalName),
    words: indexNumbers(record),
  });
}

/** What of a payload makes a record. */
export const RECORD_FIELDS = [...Object.keys(imageRecord.shape), 'mtime'];

/** Fields of text that a condition may ask for the beginning of. */
const STARTED = [
  'imageId',
  'productId',
  'name',
  'fileName',
  'sourceId',
  'importId',
  'format',
  'model',
  'contentHash',
  'canonicalName',
  'keywords',
] as const satisfies (keyof ImageRecord)[];

/** Of the point's payload as it was read with RECORD_FIELDS. Throws STORE_REFUSED for one that is not ours. */
export function toRecord(payload: Payload | null | undefined, pointId: Schemas['ExtendedPointId']): ImageRecord {
  const { metadata, mtime, ...fields } = payload ?? {};
  const result = imageRecord.safeParse({
    ...NULLS,
    ...fields,
    ...(typeof metadata === 'string' ? { metadata: JSON.parse(metadata) as unknown } : {}),
    ...(typeof mtime === 'string' ? { mtimeMs: Number(mtime) } : {}),
  });
  if (result.success) return result.data;
  throw new AppError(
    'STORE_REFUSED',
    `the point ${pointId} was not written by Imagefleet, or has been changed since: ${result.error.message}`,
    { cause: result.error },
  );
}

/** A payload holds no nulls: setting one removes the field. */
const NULLS = { sourceId: null, importId: null, title: null, caption: null, capturedAt: null, missingSince: null };

/** What to set in a payload; null removes. Of what words depend on, only the fields themselves. */
export function toPayloadChange(patch: RecordPatch): Payload {
  const { metadata, mtimeMs, ...others } = patch;
  const fields = wellFormed(Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)));
  if (fields['keywords'] === null) fields['keywords'] = [];
  return {
    ...fields,
    ...starts(fields),
    ...(metadata === undefined ? {} : metadataFields(metadata)),
    ...(typeof mtimeMs === 'number' ? { mtimeMs, ...mtimeFields(mtimeMs) } : {}),
  };
}

/** The payload as it will be after this change. */
export function changed(payload: Payload | null | undefined, change: Payload): Payload {
  return withoutNulls({ ...payload, ...change });
}

/** Every beginning that ends with a slash. */
export function foldersOf(canonicalName: string): string[] {
  const folders: string[] = [];
  for (let at = canonicalName.indexOf('/'); at >= 0; at = canonicalName.indexOf('/', at + 1)) {
    folders.push(canonicalName.slice(0, at + 1));
  }
  return folders;
}

function starts(fields: Payload): Payload {
  const made: Payload = {};
  for (const field of STARTED) {
    const value = fields[field];
    if (value === null) made[`start_${field}`] = null;
    else if (typeof value === 'string') made[`start_${field}`] = startOf(value);
    else if (Array.isArray(value)) made[`start_${field}`] = value.map((one) => startOf(String(one)));
  }
  return made;
}

function metadataFields(metadata: Record<string, unknown> | null): Payload {
  if (metadata === null) return { metadata: null, facts: null };
  return { metadata: JSON.stringify(metadata), facts: factsOf(metadata) };
}

function mtimeFields(mtimeMs: number): Payload {
  return { mtime: Number.isInteger(mtimeMs) ? null : String(mtimeMs) };
}

function withoutNulls(payload: Payload): Payload {
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null && value !== undefined));
}

/** Half a surrogate pair, as JSON can hold it, is no text to the server. */
function wellFormed(fields: object): Payload {
  const whole = (value: unknown): unknown => {
    if (typeof value === 'string') return value.toWellFormed();
    return Array.isArray(value) ? value.map(whole) : value;
  };
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, whole(value)]));
}
