import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { StoredImage, VectorStore } from '../../../src-core/ports/vector-store.ts';
import { isSameImage } from './same-image.ts';
import { PAGE, type CopySource, type CopyTarget } from './sides.ts';

/** What a Qdrant server answers to and what this program has to do for it overlap. */
const LANES = 2;

/** A store with what people call it. */
export interface NamedStore {
  store: VectorStore;
  title: string;
}

export function createStoreSource({ store, title }: NamedStore, catalog: Catalog): CopySource {
  return {
    title,
    catalog,
    count: () => store.count(catalog.id),
    async *pages(after) {
      let last = after ?? undefined;
      for (;;) {
        const page = await store.scroll(catalog.id, PAGE, last);
        if (page.length > 0) yield page;
        if (page.length < PAGE) return;
        last = page.at(-1)?.record.imageId;
      }
    },
  };
}

/**
 * The catalog in another store: the same one, by its id, called `name` (else as it is called there, else as in the
 * source). What is there already is compared and written where it differs, so a copy that was interrupted needs no
 * other memory than its target. Throws CONFLICT, DIMENSION_MISMATCH as `ensureCatalog` does.
 */
export async function openStoreTarget(
  { store, title }: NamedStore,
  { id, name: sourceName, model, dimension }: Catalog,
  name?: string,
): Promise<CopyTarget & { catalog: Catalog }> {
  const known = (await store.catalogs()).find((catalog) => catalog.id === id);
  const catalog = await store.ensureCatalog({ name: name ?? known?.name ?? sourceName, model, dimension, id });
  const isEmpty = (await store.count(id)) === 0;
  let isLoading = false;

  async function upsert(images: readonly StoredImage[]): Promise<string[]> {
    if (images.length === 0) return [];
    if (!isLoading) await store.prepareFor(id, 'load');
    isLoading = true;
    return (await store.upsert(id, images)).fenced;
  }

  return {
    title,
    catalog,
    resumes: null,
    lanes: LANES,

    async write(images) {
      const ids = images.map(({ record }) => record.imageId);
      const there = new Map(isEmpty ? [] : (await store.get(id, ids)).map((image) => [image.record.imageId, image]));
      const isNewer = ({ record }: StoredImage): boolean =>
        (there.get(record.imageId)?.record.version ?? record.version) > record.version;
      const newer = images.filter(isNewer).map(({ record }) => record.imageId);
      const missing = images.filter((image) => {
        const found = there.get(image.record.imageId);
        return !found || (!isNewer(image) && !isSameImage(image, found));
      });
      const fenced = await upsert(missing);
      return { copied: missing.length - fenced.length, keptNewer: [...newer, ...fenced] };
    },

    async seal() {
      if (isLoading) await store.prepareFor(id, 'search');
      isLoading = false;
    },

    count: () => store.count(id),
    get: (imageIds) => store.get(id, imageIds),
    distrust: async () => {}, // the next copy compares all of it anyway
    complete: async () => {},
  };
}
