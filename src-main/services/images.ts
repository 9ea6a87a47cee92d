import { AppError } from '../../src-core/domain/app-error.ts';
import { findCatalog, type Catalog } from '../../src-core/domain/catalog.ts';
import { canonicalName } from '../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import { machineOf, type Naming } from '../../src-core/domain/naming.ts';
import { placeOf } from '../../src-core/domain/path-map.ts';
import type { Filter } from '../../src-core/domain/search.ts';
import type { ImportLog } from '../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { createManyImages, type ManyImages } from './many-images.ts';

export interface FoundImage {
  record: ImageRecord;
  catalog: Catalog;
}

/** Pictures one by one, and by the thousand. A catalog is given by its name or id; without one, all are asked. */
export interface Images extends ManyImages {
  /** Throws NOT_FOUND. */
  get(imageId: string, catalog?: string): Promise<FoundImage>;
  /** By order of id. `limit` 1–1,000; `after` is the last id of the page before. */
  list(catalog: string, filter: Filter, limit: number, after?: string): Promise<FoundImage[]>;
  /**
   * Takes a picture out of its catalog; its file is left alone, and is new to the next import of its folder. Answers the
   * catalog. Throws NOT_FOUND.
   */
  remove(imageId: string, catalog?: string): Promise<Catalog>;
  /** Where its file lies on this machine. Throws NOT_FOUND for a path of another one. */
  placeOf(record: Pick<ImageRecord, 'path' | 'canonicalName'>): string;
}

interface Deps {
  store: Pick<VectorStore, 'catalogs' | 'get' | 'scroll' | 'delete' | 'count'>;
  log: Pick<ImportLog, 'lookup' | 'forget' | 'remember' | 'sources' | 'unfinished'>;
  naming: Naming;
}

export function createImages({ store, log, naming }: Deps): Images {
  async function get(imageId: string, wanted?: string): Promise<FoundImage> {
    const all = await store.catalogs();
    for (const catalog of wanted === undefined ? all : [findCatalog(all, wanted)]) {
      const [found] = await store.get(catalog.id, [imageId]);
      if (found) return { record: found.record, catalog };
    }
    throw new AppError('NOT_FOUND', `there is no picture ${imageId}`);
  }

  /** What this machine knows of the file, so that the next import does not take it for indexed. */
  async function forget({ record, catalog }: FoundImage): Promise<void> {
    const [known] = await log.lookup(catalog.id, [canonicalName(record.path)]);
    if (known?.imageId === record.imageId) await log.forget(catalog.id, [known.name]);
  }

  return {
    ...createManyImages({ store, log }),
    get,

    async list(wanted, filter, limit, after) {
      const catalog = findCatalog(await store.catalogs(), wanted);
      const images = await store.scroll(catalog.id, limit, after, filter);
      return images.map(({ record }) => ({ record, catalog }));
    },

    async remove(imageId, wanted) {
      const found = await get(imageId, wanted);
      await store.delete(found.catalog.id, { imageIds: [imageId] });
      await forget(found);
      return found.catalog;
    },

    placeOf({ path, canonicalName: name }) {
      const shared = placeOf(name, naming.folders, path);
      if (shared !== null) return shared;
      const owner = machineOf(name);
      if (owner === null || owner === naming.machine) return path;
      throw new AppError('NOT_FOUND', `${path} is a path of ${owner}, which this machine cannot open`);
    },
  };
}
