import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';

/** Throws CONFLICT while an import of this machine still feeds the catalog: what it brings after the copy would be lost. */
export async function refuseWhileFed(
  imports: Pick<ImportLog, 'sources' | 'unfinished'>,
  catalog: Catalog,
): Promise<void> {
  for (const source of await imports.sources(catalog.id)) {
    const run = await imports.unfinished(source.id);
    if (!run) continue;
    throw new AppError('CONFLICT', `import ${run.id} still feeds “${catalog.name}”; let it end, or cancel it`, {
      details: { importId: run.id },
    });
  }
}

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
