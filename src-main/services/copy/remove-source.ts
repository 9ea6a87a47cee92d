import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';

/**
 * Drops the catalog that was copied, after a last look at how many records it holds: CONFLICT when it is not `copied`.
 * What is remembered of its folders stays, for that is of the copy as well.
 */
export async function removeSource(
  store: Pick<VectorStore, 'count' | 'dropCatalog'>,
  catalog: Catalog,
  copied: number,
): Promise<void> {
  const now = await store.count(catalog.id);
  if (now !== copied) {
    throw new AppError(
      'CONFLICT',
      `“${catalog.name}” was written to meanwhile and is not removed: it holds ${now} records, and ${copied} were copied`,
    );
  }
  await store.dropCatalog(catalog.id);
}
