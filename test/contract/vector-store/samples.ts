import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { ErrorCode } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { normalise } from '../../../src-core/domain/search.ts';
import type { StoredImage, VectorStore } from '../../../src-core/ports/vector-store.ts';

/** Opens this many handles on one new, empty store. They are closed, and the store removed, when the test ends. */
export type OpenStores = (handles: number) => Promise<[VectorStore, ...VectorStore[]]>;

export const DIMENSION = 8;
export const MODEL = 'test-model';

export async function withCatalog(
  open: OpenStores,
  dimension = DIMENSION,
): Promise<{ store: VectorStore; catalog: Catalog }> {
  const [store] = await open(1);
  return { store, catalog: await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension }) };
}

/** The record of the picture `/pictures/<name>`, with every field filled in one way or another. */
export function record(catalog: Catalog, name: string, changes: Partial<ImageRecord> = {}): ImageRecord {
  const canonicalName = `/pictures/${name}`;
  return {
    imageId: imageIdOf(catalog.id, canonicalName),
    canonicalName,
    path: canonicalName,
    fileName: name.slice(name.lastIndexOf('/') + 1),
    sourceId: null,
    importId: null,
    title: null,
    caption: null,
    keywords: [],
    width: 640,
    height: 480,
    format: 'jpeg',
    bytes: 12_345,
    mtimeMs: 1_700_000_000_000,
    contentHash: createHash('sha256').update(name).digest('hex'),
    perceptualHash: '00ff00ff00ff00ff',
    thumbhash: 'HBkSHYSIeHiPiHh8eJd4eTN0EEQG',
    capturedAt: null,
    model: catalog.model,
    indexedAt: 1_700_000_100_000,
    version: 1,
    missingSince: null,
    ...changes,
  };
}

/** A unit vector that depends on nothing but the seed. */
export function vector(seed: number, dimension = DIMENSION): Float32Array {
  return normalise(
    Float32Array.from({ length: dimension }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233 + seed * i)),
  );
}

/** A unit vector whose cosine with `axis(0)` is `cosine`. */
export function atCosine(cosine: number): Float32Array {
  const result = new Float32Array(DIMENSION);
  result[0] = cosine;
  result[1] = Math.sqrt(1 - cosine * cosine);
  return result;
}

export function axis(index: number): Float32Array {
  const result = new Float32Array(DIMENSION);
  result[index] = 1;
  return result;
}

let seed = 0;

export function image(
  catalog: Catalog,
  name: string,
  changes: Partial<ImageRecord> = {},
  at?: Float32Array,
): StoredImage {
  return { record: record(catalog, name, changes), vector: at ?? vector(++seed, catalog.dimension) };
}

export function ids(images: readonly { record: ImageRecord }[]): string[] {
  return images.map((one) => one.record.imageId).toSorted();
}

export function names(images: readonly { record: ImageRecord }[]): string[] {
  return images.map((one) => one.record.fileName).toSorted();
}

/** What an AppError looks like to `toMatchObject`. */
export function appError(code: ErrorCode, message = /./): object {
  return { name: 'AppError', code, message: expect.stringMatching(message) as unknown };
}
