import { parseOrThrow } from '../domain/app-error.ts';
import { findCatalog } from '../domain/catalog.ts';
import { checkFilter } from '../domain/check-filter.ts';
import { findRequest } from '../domain/finder-messages.ts';
import type { ModelManifest } from '../domain/model-manifest.ts';
import type { Example } from '../domain/search.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Finder, QueryPicture } from '../ports/finder.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { Thumbnailer } from '../ports/thumbnailer.ts';
import type { VectorStore } from '../ports/vector-store.ts';
import { openOnce } from './open-once.ts';

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
 * finder: a search by a stored picture needs neither. A file is embedded with the catalog's own model. `find` throws
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
      const { catalog: wanted, like, unlike = [], ...rest } = parseOrThrow(findRequest, request, 'search');
      if (rest.filter) checkFilter(rest.filter);
      const catalog = findCatalog(await store.catalogs(), wanted);
      const paths = [...like, ...unlike].flatMap((picture) => ('path' in picture ? [picture.path] : []));
      const vectors = await embedFiles(catalog.model, [...new Set(paths)]);
      const toExample = (picture: QueryPicture): Example =>
        'path' in picture ? { vector: vectors.get(picture.path)! } : picture;
      const hits = await store.search({
        ...rest,
        catalogId: catalog.id,
        like: like.map(toExample),
        unlike: unlike.map(toExample),
      });
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
