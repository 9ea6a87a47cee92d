import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import type { Catalog } from '../../../../src-core/domain/catalog.ts';
import type { StoredImage, VectorStore } from '../../../../src-core/ports/vector-store.ts';
import type { CopyOptions } from '../../../../src-main/services/copy/copy-catalog.ts';
import type { NamedStore } from '../../../../src-main/services/copy/store-sides.ts';
import { image, MODEL } from '../../../contract/vector-store/samples.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** A new, empty store of the running test. */
export async function newStore(title = 'a store'): Promise<NamedStore> {
  const store = await openSqliteVectors({ path: join(await tempDir(), 'vectors.db') });
  onTestFinished(() => store.close());
  return { store, title };
}

/** A store with a catalog of this many pictures. */
export async function filledStore(
  count: number,
  title = 'the old store',
): Promise<NamedStore & { catalog: Catalog; images: StoredImage[] }> {
  const { store } = await newStore();
  const catalog = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
  const images = Array.from({ length: count }, (_, i) =>
    image(catalog, `${i}.jpg`, { version: 1 + (i % 7), metadata: { n: i }, keywords: [`word${i % 5}`] }),
  );
  for (let at = 0; at < count; at += 1_000) await store.upsert(catalog.id, images.slice(at, at + 1_000));
  return { store, title, catalog, images };
}

/** All of a catalog, in the order of the ids. */
async function contents(store: VectorStore, catalogId: string): Promise<StoredImage[]> {
  const all: StoredImage[] = [];
  for (;;) {
    const page = await store.scroll(catalogId, 1_000, all.at(-1)?.record.imageId);
    all.push(...page);
    if (page.length < 1_000) return all;
  }
}

/** Both stores hold the same records, and the same vectors as far as each store's own arithmetic lets them. */
export async function expectSame(one: VectorStore, other: VectorStore, catalogId: string): Promise<void> {
  const [here, there] = await Promise.all([contents(one, catalogId), contents(other, catalogId)]);
  expect(there.map(({ record }) => record)).toEqual(here.map(({ record }) => record));
  const errors = here.flatMap(({ vector }, i) => [...vector].map((value, k) => Math.abs(value - there[i]!.vector[k]!)));
  expect(Math.max(0, ...errors.filter((error) => !(error < 1e-6)))).toBe(0);
}

export function quietly(): CopyOptions {
  return { signal: new AbortController().signal };
}

/** Stops the copy when so many records are dealt with. */
export function stoppedAt(records: number): CopyOptions {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onProgress: (done) => {
      if (done >= records) controller.abort();
    },
  };
}
