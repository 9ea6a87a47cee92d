import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import { type Catalog, catalogName } from '../../domain/catalog.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Connection } from './connection.ts';
import { noCatalog, type Places } from './places.ts';
import type { Entry, Registry } from './registry.ts';

type Verbs = Pick<VectorStore, 'catalogs' | 'ensureCatalog' | 'renameCatalog' | 'dropCatalog' | 'prepareFor'>;

/** In kB of vectors per segment, from which on Qdrant builds an index: its own default. */
const INDEXING_THRESHOLD = 10_000;

export function createCatalogs(connection: Connection, registry: Registry, places: Places): Verbs {
  async function entryOf(catalogId: string, entries?: Entry[]): Promise<Entry> {
    const entry = (entries ?? (await registry.entries())).find(({ id }) => id === catalogId);
    if (!entry) throw noCatalog(catalogId);
    return entry;
  }

  return {
    async catalogs() {
      const entries = await registry.entries();
      // Whoever is told of a catalog's model then searches by it.
      places.see(entries);
      return entries.map(toCatalog).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },

    async ensureCatalog(wanted) {
      const name = parseOrThrow(catalogName, wanted.name, 'catalog name');
      for (;;) {
        const entries = await registry.entries();
        const found = entries.find((entry) => entry.name === name);
        if (wanted.id !== undefined) refuseOtherId(entries, name, wanted.id);
        if (found) {
          refuseOtherModel(found, wanted);
          return (await places.settle(found)).catalog;
        }
        // Whoever has it now, perhaps another than the one that wants it here, is seen by the next look.
        await registry.claim(registry.draft({ ...wanted, name }));
      }
    },

    async renameCatalog(catalogId, wanted) {
      const name = parseOrThrow(catalogName, wanted, 'catalog name');
      const before = await entryOf(catalogId);
      if (before.name === name) return;
      const after = await registry.claim({ ...before, name, generation: before.generation + 1 });
      if (after.id !== catalogId) throw new AppError('CONFLICT', `there is a catalog “${name}” already`);
      // Also forgets the old name.
      await registry.entries();
      // Whoever dropped it meanwhile knew nothing of the new name. The collection goes first.
      const { exists } = await connection.send(after.collection, (client) => client.collectionExists(after.collection));
      if (exists || after.state === 'new') return;
      await registry.forget(after);
      throw noCatalog(catalogId);
    },

    async dropCatalog(catalogId) {
      await entryOf(catalogId);
      await registry.mark(catalogId, 'dropped');
      await registry.entries();
    },

    async prepareFor(catalogId, what) {
      await places.within(catalogId, async ({ collection }) => {
        const indexing_threshold = what === 'load' ? 0 : INDEXING_THRESHOLD;
        await connection.send(collection, (client) =>
          client.updateCollection(collection, { optimizers_config: { indexing_threshold } }),
        );
      });
    },
  };
}

/** Name and id must be those of one catalog, or of none. */
function refuseOtherId(entries: readonly Entry[], name: string, id: string): void {
  const named = entries.find((entry) => entry.name === name);
  if (named && named.id !== id) {
    throw new AppError('CONFLICT', `“${name}” is another catalog here (${named.id}, not ${id})`);
  }
  const same = entries.find((entry) => entry.id === id);
  if (same && same.name !== name) {
    throw new AppError('CONFLICT', `the catalog ${id} is called “${same.name}” here, not “${name}”`);
  }
}

function refuseOtherModel(found: Entry, { model, dimension }: { model: string; dimension: number }): void {
  if (found.model === model && found.dimension === dimension) return;
  const { name } = found;
  throw new AppError(
    'DIMENSION_MISMATCH',
    `the catalog “${name}” holds vectors of ${found.model} (${found.dimension} numbers), not of ${model} (${dimension})`,
    { details: { name, model: found.model, dimension: found.dimension } },
  );
}

function toCatalog({ id, name, model, dimension, createdAt }: Entry): Catalog {
  return { id, name, model, dimension, createdAt };
}
