import { z } from 'zod';
import { AppError } from '../../domain/app-error.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Connection } from './connection.ts';
import { buildCollection, type BuildOptions } from './build-collection.ts';
import type { Entry, Registry } from './registry.ts';

/** Where a catalog's pictures are. */
export interface Place {
  catalog: Catalog;
  /** By which everything in it is asked for. */
  alias: string;
  /** What is tuned and deleted, which a server does not do by an alias. */
  collection: string;
}

export interface Places {
  /** Runs `use` where this catalog is. Throws NOT_FOUND for an unknown one, DIMENSION_MISMATCH (see `settle`). */
  within<T>(catalogId: string, use: (place: Place) => Promise<T>): Promise<T>;
  /**
   * Makes the collection of a new entry, or of one whose maker died. Throws DIMENSION_MISMATCH when the server has one
   * of this name that was made for something else.
   */
  settle(entry: Entry): Promise<Place>;
  /** Whoever asks next looks again. */
  forget(catalogId: string): void;
  /** The same of all that are elsewhere by now. */
  see(entries: readonly Entry[]): void;
}

const collectionInfo = z.object({
  config: z.object({
    params: z.object({ vectors: z.object({ size: z.number() }) }),
    metadata: z.object({ model: z.string() }).nullish(),
  }),
});

export function createPlaces(connection: Connection, registry: Registry, options: BuildOptions): Places {
  const known = new Map<string, Place>();

  async function settle(entry: Entry): Promise<Place> {
    if (entry.state === 'new') {
      await buildCollection(connection, entry, options);
      await checkCollection(entry);
      await registry.mark(entry.id, 'ready');
    } else {
      await checkCollection(entry);
    }
    const { id, name, model, dimension, createdAt, alias, collection } = entry;
    const place = { catalog: { id, name, model, dimension, createdAt }, alias, collection };
    known.set(id, place);
    return place;
  }

  /** Somebody may have put another in its place: from a backup, say. */
  async function checkCollection({ name, alias, model, dimension }: Entry): Promise<void> {
    const info = collectionInfo.safeParse(await connection.send(alias, (client) => client.getCollection(alias)));
    const found = info.success
      ? { dimension: info.data.config.params.vectors.size, model: info.data.config.metadata?.model }
      : { dimension: 'other', model: undefined };
    if (found.dimension === dimension && (found.model ?? model) === model) return;
    throw new AppError(
      'DIMENSION_MISMATCH',
      `Qdrant’s collection ${alias} holds vectors of ${found.model ?? 'an unknown model'} (${found.dimension} numbers); ` +
        `the catalog “${name}” is for those of ${model} (${dimension})`,
      { details: { collection: alias, ...found } },
    );
  }

  async function find(catalogId: string): Promise<Place> {
    const entry = (await registry.entries()).find(({ id }) => id === catalogId);
    if (!entry) throw noCatalog(catalogId);
    return settle(entry);
  }

  return {
    settle,
    forget: (catalogId) => void known.delete(catalogId),

    see(entries) {
      for (const { id, alias } of entries) if (known.get(id)?.alias !== alias) known.delete(id);
    },

    async within(catalogId, use) {
      const place = known.get(catalogId) ?? (await find(catalogId));
      try {
        return await use(place);
      } catch (error) {
        const gone = error instanceof AppError && error.code === 'NOT_FOUND' && error.details?.['collection'];
        if (gone !== place.alias && gone !== place.collection) throw error;
        known.delete(catalogId);
        // It may have been dropped and made again.
        return use(await find(catalogId));
      }
    },
  };
}

export function noCatalog(catalogId: string): AppError {
  return new AppError('NOT_FOUND', `there is no catalog with the id ${catalogId}`);
}
