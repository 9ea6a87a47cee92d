import type { Catalog } from '../domain/catalog.ts';
import type { PairsPage } from '../domain/duplicates.ts';
import type { ImageRecord } from '../domain/image-record.ts';
import type { Successions } from './successions.ts';
import type { Filter, FilterField, SearchHit, SearchQuery, WordsQuery } from '../domain/search.ts';

/** A picture's record with its unit-length float32 vector. */
export interface StoredImage {
  record: ImageRecord;
  vector: Float32Array;
}

/**
 * Where vectors and records live. One contract suite: test/contract/vector-store/.
 * Throws AppError: STORE_UNAVAILABLE (retryable), STORE_REFUSED, DIMENSION_MISMATCH, NOT_FOUND for an unknown catalog.
 */
export interface VectorStore {
  /** Names this very store, for the queue's fingerprint. */
  readonly fingerprint: string;
  readonly successions: Successions;

  catalogs(): Promise<Catalog[]>;
  /**
   * Makes it where it is not. DIMENSION_MISMATCH with both named when it exists with another model or dimension. With an
   * `id` it is that very catalog, as in the store that it is copied from: image ids are made from it. CONFLICT when the
   * name is another catalog's, or the catalog has another name here.
   */
  ensureCatalog(wanted: { name: string; model: string; dimension: number; id?: string }): Promise<Catalog>;
  /** CONFLICT when the name is taken. */
  renameCatalog(catalogId: string, name: string): Promise<void>;
  /** With everything in it. */
  dropCatalog(catalogId: string): Promise<void>;
  /**
   * `load`: much will be written, and searches may be slower (never less exact) until `search` is said. Nothing else
   * depends on it; to forget it costs time.
   */
  prepareFor(catalogId: string, what: 'load' | 'search'): Promise<void>;

  /**
   * Durable when it resolves. A record whose `version` is older than the stored one is left out and its id answered
   * in `fenced`; an equal version replaces (a repeated write). All must be of the catalog's model and dimension:
   * DIMENSION_MISMATCH for those that were embedded before it went over to another one.
   */
  upsert(catalogId: string, images: readonly StoredImage[]): Promise<{ fenced: string[] }>;
  /** Changes fields of records that exist, in the order given; answers how many were. Vectors and versions stay. */
  setPayload(catalogId: string, changes: readonly RecordChange[]): Promise<number>;
  /** By ids, or by a filter that is not empty (INVALID_INPUT otherwise). Answers how many. */
  delete(catalogId: string, which: { imageIds: readonly string[] } | { filter: Filter }): Promise<number>;

  get(catalogId: string, imageIds: readonly string[]): Promise<StoredImage[]>;
  /** Pictures with these very bytes under this model; at most one per hash. */
  findByHash(catalogId: string, contentHashes: readonly string[], model: string): Promise<StoredImage[]>;
  /**
   * Best first, ties in any order; the examples that are stored pictures are left out. NOT_FOUND names an example
   * that is not stored.
   */
  search(query: SearchQuery): Promise<SearchHit[]>;
  /**
   * Records that have all words of the text, best first; as changed by the last write. What is a word, of which fields,
   * is domain/words.ts's: `parseWords` of the text, all of which must be among `recordWords` of a record, the last one
   * perhaps as the beginning of a longer word (a store that only finds whole terms keeps the beginnings too).
   *
   * The order is about that of Σ idf × weight (`inverseFrequency`, `wordWeights`, `weightOf`); the score is of that
   * kind, above 0, and only to be compared within one answer. Where more match than a store cares to weigh, the order
   * may be that of some of them, but no answer is shorter for it. INVALID_INPUT for a text without a word.
   */
  searchWords(query: WordsQuery): Promise<SearchHit[]>;
  /**
   * One step of comparing all pictures of a catalog with each other: pairs whose cosine is at least `minScore`
   * (inclusive, 0.5–1), at most `MOST_ALIKE` for each picture in each order, the best. `cursor` is the `next` of the step
   * before. A step is short (some 200 ms) and lets searches through. All steps together hold every such pair of pictures
   * that were there all the time; what is written meanwhile may be missed. INVALID_INPUT for a cursor that is none.
   */
  similarPairs(catalogId: string, minScore: number, cursor?: string): Promise<PairsPage>;
  count(catalogId: string, filter?: Filter): Promise<number>;
  /** Bytes that the whole store takes on its disk; null where it does not say. */
  usedBytes(): Promise<number | null>;
  /** Values of a field with their counts, most frequent first. `limit` 1–1,000. */
  facets(
    catalogId: string,
    field: FilterField | `metadata.${string}`,
    limit: number,
    filter?: Filter,
  ): Promise<{ value: string | number | boolean; count: number }[]>;
  /** Ordered by image id. `limit` 1–1,000; `after` is the last id of the page before. */
  scroll(catalogId: string, limit: number, after?: string, filter?: Filter): Promise<StoredImage[]>;

  close(): Promise<void>;
}

/** The same patch for all these records. */
export interface RecordChange {
  imageIds: readonly string[];
  patch: RecordPatch;
}

/** What may be changed without embedding again. `undefined` leaves, `null` clears. */
export type RecordPatch = {
  [
    K in
      | 'productId'
      | 'name'
      | 'description'
      | 'metadata'
      | 'title'
      | 'caption'
      | 'keywords'
      | 'missingSince'
      | 'importId'
      | 'sourceId'
      | 'mtimeMs'
  ]?: ImageRecord[K] | null;
};
