import { setImmediate as nextTurn } from 'node:timers/promises';
import { findCatalog } from '../../src-core/domain/catalog.ts';
import { canonicalName } from '../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import type { Source } from '../../src-core/domain/import.ts';
import { pagesOf } from '../../src-core/domain/pages.ts';
import type { Filter } from '../../src-core/domain/search.ts';
import type { ImportLog, KnownFile } from '../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { refuseWhileFed } from './imports/refuse-while-fed.ts';
import { UNREAD } from './verify/repair.ts';

/** These, or all that match a filter. */
export type WhichImages = { imageIds: readonly string[] } | { filter: Filter };

/** Pictures that are to be indexed again. */
export interface CalledAgain {
  images: number;
  /** Left out, for their file is gone. */
  missing: number;
  /** Whose next import takes them. */
  sources: Source[];
}

/** Pictures of a catalog, which is given by its name or id, by the thousand. */
export interface ManyImages {
  count(catalog: string, filter: Filter): Promise<number>;
  /**
   * Takes them out of their catalog, at most so many, whatever comes in meanwhile; the files are left alone, and are new to
   * the next import of their folder. Answers how many.
   */
  removeAll(catalog: string, which: WhichImages, most: number): Promise<number>;
  /**
   * The next import of their sources reads their files anew, whether they look changed or not; what was said of them
   * stays. Those that no source of this machine brought are handed to `alone`, page by page. Throws CONFLICT while an
   * import feeds the catalog, which may have passed them.
   */
  callAgain(
    catalog: string,
    which: WhichImages,
    alone: (records: readonly ImageRecord[]) => Promise<void>,
  ): Promise<CalledAgain>;
}

interface Deps {
  store: Pick<VectorStore, 'catalogs' | 'get' | 'scroll' | 'delete' | 'count'>;
  log: Pick<ImportLog, 'lookup' | 'forget' | 'remember' | 'sources' | 'unfinished'>;
}

const PAGE = 500;

export function createManyImages({ store, log }: Deps): ManyImages {
  async function catalogOf(wanted: string) {
    return findCatalog(await store.catalogs(), wanted);
  }

  async function* pages(catalogId: string, which: WhichImages): AsyncGenerator<ImageRecord[]> {
    if ('imageIds' in which) {
      for (let at = 0; at < which.imageIds.length; at += PAGE) {
        const images = await store.get(catalogId, which.imageIds.slice(at, at + PAGE));
        yield images.map(({ record }) => record);
      }
      return;
    }
    yield* pagesOf(async (after) => {
      const images = await store.scroll(catalogId, PAGE, after, which.filter);
      await nextTurn(); // a store of this process does not let others in by itself
      const items = images.map(({ record }) => record);
      return { items, next: items.length < PAGE ? null : items.at(-1)!.imageId };
    });
  }

  /** What this machine knows of their files. */
  async function knownOf(catalogId: string, records: readonly ImageRecord[]): Promise<KnownFile[]> {
    const ids = new Set(records.map(({ imageId }) => imageId));
    const names = records.map(({ path }) => canonicalName(path));
    return (await log.lookup(catalogId, names)).filter(({ imageId }) => ids.has(imageId));
  }

  return {
    async count(wanted, filter) {
      return store.count((await catalogOf(wanted)).id, filter);
    },

    async removeAll(wanted, which, most) {
      const { id } = await catalogOf(wanted);
      let removed = 0;
      for await (const page of pages(id, which)) {
        const records = page.slice(0, most - removed);
        if (records.length === 0) break;
        const known = await knownOf(id, records);
        removed += await store.delete(id, { imageIds: records.map(({ imageId }) => imageId) });
        await log.forget(
          id,
          known.map(({ name }) => name),
        );
      }
      return removed;
    },

    async callAgain(wanted, which, alone) {
      const catalog = await catalogOf(wanted);
      await refuseWhileFed(log, catalog);
      const all = new Map((await log.sources(catalog.id)).map((source) => [source.id, source]));
      const called = new Set<string>();
      const again = { images: 0, missing: 0 };
      for await (const page of pages(catalog.id, which)) {
        const records = page.filter(({ missingSince }) => missingSince === null);
        const known = (await knownOf(catalog.id, records)).filter(({ sourceId }) => all.has(sourceId));
        await log.remember(
          catalog.id,
          known.map((file) => ({ ...file, model: UNREAD })),
        );
        for (const { sourceId } of known) called.add(sourceId);
        const ofSources = new Set(known.map(({ imageId }) => imageId));
        const others = records.filter(({ imageId }) => !ofSources.has(imageId));
        if (others.length > 0) await alone(others);
        again.images += records.length;
        again.missing += page.length - records.length;
      }
      return { ...again, sources: [...called].map((id) => all.get(id)!) };
    },
  };
}
