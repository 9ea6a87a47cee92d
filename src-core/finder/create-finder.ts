import { AppError, parseOrThrow, toAppError } from '../domain/app-error.ts';
import { type Catalog, findCatalog } from '../domain/catalog.ts';
import { checkFilter } from '../domain/check-filter.ts';
import { findRequest, pairsRequest } from '../domain/finder-messages.ts';
import type { ModelManifest } from '../domain/model-manifest.ts';
import type { Example, SearchHit, SearchQuery } from '../domain/search.ts';
import { parseWords } from '../domain/words.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { FindAnswer, Finder, FindRequest, QueryPicture } from '../ports/finder.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { TextEmbedder } from '../ports/text-embedder.ts';
import type { Thumbnailer } from '../ports/thumbnailer.ts';
import type { VectorStore } from '../ports/vector-store.ts';
import { joinRankings, type Rankings } from './join-rankings.ts';
import { openOnce } from './open-once.ts';
import { reEmbedSome, type PlaceOf } from './re-embed.ts';

/** How deep rankings are taken that are joined: a hit that is good in one may be far down in the other. */
const DEPTH = 3;
const LEAST_DEPTH = 100;
const MOST = 1_000;

export interface FinderParts {
  /** Stays the caller's. */
  store: VectorStore;
  openEmbedder: (modelId: string) => Promise<Embedder>;
  /** Whether a text can be compared with pictures by this model; false too for one that is not installed. */
  hasTextSide: (modelId: string) => Promise<boolean>;
  openTextEmbedder: (modelId: string) => Promise<TextEmbedder>;
  /** Pictures decoded to what `model` takes. */
  openPictures: (model: ModelManifest) => Promise<Pictures>;
  measureProviders: Finder['measureProviders'];
  openThumbnailer: () => Promise<Thumbnailer>;
  /** Where the file of a stored picture lies on this machine. */
  placeOf: PlaceOf;
  /** The bytes of a file; for thumbnails, which need no model. */
  readPicture: (path: string) => Promise<Uint8Array>;
}

type Narrowing = Pick<SearchQuery, 'filter' | 'limit'>;

type QueryFile = Extract<QueryPicture, { path: string }>;

function keyOf({ path, region }: QueryFile): string {
  return JSON.stringify([path, region]);
}

/** What turns files into vectors of one model. */
interface Eye {
  embedder: Embedder;
  pictures: Pictures;
  close(): Promise<void>;
}

/**
 * The query side over its ports. Each model, and the thumbnailer, is opened when it is first needed and closed with the
 * finder: a search by a stored picture needs neither, nor does one by words where the model has no text side. A file or text is
 * embedded with the catalog's own model. `find` throws INVALID_INPUT, NOT_FOUND (catalog or stored picture),
 * MODEL_NOT_FOUND, MODEL_INVALID, and what reading and decoding throw.
 */
export function createFinder(parts: FinderParts): Finder {
  const { store, openEmbedder, hasTextSide, openTextEmbedder, openPictures, openThumbnailer, placeOf, readPicture } =
    parts;
  const eyes = openOnce(async (modelId: string): Promise<Eye> => {
    const embedder = await openEmbedder(modelId);
    try {
      const pictures = await openPictures(embedder.model);
      return { embedder, pictures, close: async () => void (await Promise.all([embedder.close(), pictures.close()])) };
    } catch (error) {
      await embedder.close();
      throw error;
    }
  });
  const textEmbedders = openOnce(openTextEmbedder);
  const thumbnailers = openOnce(openThumbnailer);

  /** float32 vectors of these files or parts of them, by `keyOf`; one inference for all. */
  async function embedFiles(model: string, asked: readonly QueryFile[]): Promise<Map<string, Float32Array>> {
    const files = [...new Map(asked.map((file) => [keyOf(file), file])).values()];
    if (files.length === 0) return new Map();
    const { embedder, pictures } = await eyes.get(model);
    const { input, output } = embedder.model;
    const pixels = new Uint8Array(files.length * input.size * input.size * 3);
    // One after another: a query must not hold several large pictures at a time.
    for (const [i, { path, region }] of files.entries()) {
      const { bytes } = await pictures.read(path, null);
      pixels.set((await pictures.decode(bytes, region)).pixels, (i * pixels.length) / files.length);
    }
    const vectors = await embedder.embed(pixels, files.length);
    const { dimension } = output;
    return new Map(files.map((file, i) => [keyOf(file), vectors.slice(i * dimension, (i + 1) * dimension)]));
  }

  /** By what pictures show. No least score: a text and a picture are never as near as two pictures. */
  async function searchContent(
    { id, model }: Catalog,
    text: string,
    { filter, limit }: Narrowing,
  ): Promise<SearchHit[]> {
    const vector = await (await textEmbedders.get(model)).embed(text);
    return store.search({ catalogId: id, like: [{ vector }], limit, ...(filter && { filter }) });
  }

  async function findOnce(request: FindRequest): Promise<FindAnswer> {
    const start = performance.now();
    const { catalog: wanted, like, unlike = [], text, ...rest } = parseOrThrow(findRequest, request, 'search');
    if (rest.filter) checkFilter(rest.filter);
    if (text !== undefined) parseWords(text);
    const catalog = findCatalog(await store.catalogs(), wanted);
    const files = [...like, ...unlike].filter((picture) => 'path' in picture);
    const vectors = await embedFiles(catalog.model, files);
    const toExample = (picture: QueryPicture): Example =>
      'path' in picture ? { vector: vectors.get(keyOf(picture))! } : picture;
    const query = { ...rest, catalogId: catalog.id };
    const hasMeaning = text !== undefined && (await hasTextSide(catalog.model));
    const isJoined = text !== undefined && (like.length > 0 || hasMeaning);
    if (isJoined) query.limit = Math.min(MOST, Math.max(LEAST_DEPTH, DEPTH * rest.limit));
    const rankings: Rankings = {};
    if (like.length > 0) {
      rankings.picture = await store.search({ ...query, like: like.map(toExample), unlike: unlike.map(toExample) });
    }
    const asked = new Set([...like, ...unlike].flatMap((picture) => ('imageId' in picture ? picture.imageId : [])));
    const others = (found: SearchHit[]) => found.filter(({ record }) => !asked.has(record.imageId));
    if (text !== undefined) rankings.words = others(await store.searchWords({ ...query, text }));
    if (hasMeaning) rankings.content = others(await searchContent(catalog, text, query));
    const hits = joinRankings(rankings, rest.limit);
    return { catalog, model: catalog.model, tookMs: performance.now() - start, hits };
  }

  return {
    async find(request) {
      try {
        const answer = await findOnce(request);
        if (answer.hits.every(({ record }) => record.model === answer.model)) return answer;
      } catch (error) {
        if (toAppError(error).code !== 'DIMENSION_MISMATCH') throw error;
      }
      // The catalog went over to another model while the query was embedded.
      return findOnce(request);
    },

    async similarPairs(request) {
      const { catalogId, minScore, cursor } = parseOrThrow(pairsRequest, request, 'similar pairs');
      return store.similarPairs(catalogId, minScore, cursor);
    },

    async reEmbed(catalogId, limit) {
      const { successions } = store;
      const succession = await successions.get(catalogId);
      if (!succession) {
        throw new AppError('NOT_FOUND', `the catalog ${catalogId} does not go over to another model`);
      }
      return reEmbedSome(successions, catalogId, limit, await eyes.get(succession.model), placeOf);
    },

    measureProviders: parts.measureProviders,

    async thumbnail(path, edge) {
      const bytes = await readPicture(path);
      return (await thumbnailers.get('')).thumbnail(bytes, edge);
    },

    async close() {
      await Promise.all([eyes.close(), textEmbedders.close(), thumbnailers.close()]);
    },
  };
}
