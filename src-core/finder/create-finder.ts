import { parseOrThrow } from '../domain/app-error.ts';
import { findCatalog } from '../domain/catalog.ts';
import { checkFilter } from '../domain/check-filter.ts';
import { findRequest } from '../domain/finder-messages.ts';
import type { ModelManifest } from '../domain/model-manifest.ts';
import type { Example } from '../domain/search.ts';
import { parseWords } from '../domain/words.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Finder, QueryPicture } from '../ports/finder.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { Thumbnailer } from '../ports/thumbnailer.ts';
import type { VectorStore } from '../ports/vector-store.ts';
import { joinRankings, type Rankings } from './join-rankings.ts';
import { openOnce } from './open-once.ts';

/** How deep rankings are taken that are joined: a hit that is good in one may be far down in the other. */
const DEPTH = 3;
const LEAST_DEPTH = 100;
const MOST = 1_000;

export interface FinderParts {
  /** Stays the caller's. */
  store: VectorStore;
  openEmbedder: (modelId: string) => Promise<Embedder>;
  /** Pictures decoded to what `model` takes. */
  openPictures: (model: ModelManifest) => Promise<Pictures>;
  openThumbnailer: () => Promise<Thumbnailer>;
  /** The bytes of a file; for thumbnails, which need no model. */
  readPicture: (path: string) => Promise<Uint8Array>;
}

/** What turns files into vectors of one model. */
interface Eye {
  embedder: Embedder;
  pictures: Pictures;
  close(): Promise<void>;
}

/**
 * The query side over its ports. Each model, and the thumbnailer, is opened when it is first needed and closed with the
 * finder: a search by a stored picture or by words needs neither. A file is embedded with the catalog's own model. `find` throws
 * INVALID_INPUT, NOT_FOUND (catalog or stored picture), MODEL_NOT_FOUND, and what reading and decoding throw.
 */
export function createFinder(parts: FinderParts): Finder {
  const { store, openEmbedder, openPictures, openThumbnailer, readPicture } = parts;
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
  const thumbnailers = openOnce(openThumbnailer);

  /** float32 vectors of these files, by path; one inference for all. */
  async function embedFiles(model: string, paths: readonly string[]): Promise<Map<string, Float32Array>> {
    if (paths.length === 0) return new Map();
    const { embedder, pictures } = await eyes.get(model);
    const { input, output } = embedder.model;
    const pixels = new Uint8Array(paths.length * input.size * input.size * 3);
    // One after another: a query must not hold several large pictures at a time.
    for (const [i, path] of paths.entries()) {
      const { bytes } = await pictures.read(path, null);
      pixels.set((await pictures.decode(bytes)).pixels, (i * pixels.length) / paths.length);
    }
    const vectors = await embedder.embed(pixels, paths.length);
    const { dimension } = output;
    return new Map(paths.map((path, i) => [path, vectors.slice(i * dimension, (i + 1) * dimension)]));
  }

  return {
    async find(request) {
      const start = performance.now();
      const { catalog: wanted, like, unlike = [], text, ...rest } = parseOrThrow(findRequest, request, 'search');
      if (rest.filter) checkFilter(rest.filter);
      if (text !== undefined) parseWords(text);
      const catalog = findCatalog(await store.catalogs(), wanted);
      const paths = [...like, ...unlike].flatMap((picture) => ('path' in picture ? [picture.path] : []));
      const vectors = await embedFiles(catalog.model, [...new Set(paths)]);
      const toExample = (picture: QueryPicture): Example =>
        'path' in picture ? { vector: vectors.get(picture.path)! } : picture;
      const query = { ...rest, catalogId: catalog.id };
      const bothAsked = like.length > 0 && text !== undefined;
      if (bothAsked) query.limit = Math.min(MOST, Math.max(LEAST_DEPTH, DEPTH * rest.limit));
      const rankings: Rankings = {};
      if (like.length > 0) {
        rankings.picture = await store.search({ ...query, like: like.map(toExample), unlike: unlike.map(toExample) });
      }
      if (text !== undefined) {
        const asked = new Set([...like, ...unlike].flatMap((picture) => ('imageId' in picture ? picture.imageId : [])));
        const found = await store.searchWords({ ...query, text });
        rankings.words = found.filter(({ record }) => !asked.has(record.imageId));
      }
      const hits = joinRankings(rankings, rest.limit);
      return { catalog, model: catalog.model, tookMs: performance.now() - start, hits };
    },

    async thumbnail(path, edge) {
      const bytes = await readPicture(path);
      return (await thumbnailers.get('')).thumbnail(bytes, edge);
    },

    async close() {
      await Promise.all([eyes.close(), thumbnailers.close()]);
    },
  };
}
