import { parseOrThrow } from '../../src-core/domain/app-error.ts';
import { catalogName, findCatalog, type Catalog } from '../../src-core/domain/catalog.ts';
import { OPEN_STATES } from '../../src-core/domain/task.ts';
import type { ImportLog } from '../../src-core/ports/import-log.ts';
import type { QueueOperator } from '../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { refuseWhileFed } from './imports/refuse-while-fed.ts';

export interface CatalogSummary extends Catalog {
  images: number;
  /** Of them, those whose file is gone. */
  missing: number;
}

export interface Catalogs {
  list(): Promise<CatalogSummary[]>;
  /** By name or id. NOT_FOUND names those that there are. */
  get(nameOrId: string): Promise<CatalogSummary>;
  rename(nameOrId: string, name: string): Promise<void>;
  /** How many tasks of it wait or run: `drop` cancels them. */
  openTasks(nameOrId: string): Promise<number>;
  /**
   * With every picture's record and vector; CONFLICT while an import feeds it. Never touches a picture file. Answers how many
   * tasks were cancelled.
   */
  drop(nameOrId: string): Promise<number>;
}

export function createCatalogs(store: VectorStore, queue: QueueOperator, imports: ImportLog): Catalogs {
  async function summary(catalog: Catalog): Promise<CatalogSummary> {
    const [images, missing] = await Promise.all([
      store.count(catalog.id),
      store.count(catalog.id, [{ field: 'missingSince', exists: true }]),
    ]);
    return { ...catalog, images, missing };
  }

  const find = async (nameOrId: string): Promise<Catalog> => findCatalog(await store.catalogs(), nameOrId);

  return {
    list: async () => Promise.all((await store.catalogs()).map(summary)),
    get: async (nameOrId) => summary(await find(nameOrId)),
    async rename(nameOrId, name) {
      const { id } = await find(nameOrId);
      await store.renameCatalog(id, parseOrThrow(catalogName, name, 'catalog'));
    },
    async openTasks(nameOrId) {
      const { id } = await find(nameOrId);
      return queue.count({ catalogId: id, states: [...OPEN_STATES] });
    },
    async drop(nameOrId) {
      const catalog = await find(nameOrId);
      await refuseWhileFed(imports, catalog);
      const cancelled = await queue.cancel({ catalogId: catalog.id });
      await store.dropCatalog(catalog.id);
      return cancelled;
    },
  };
}
