import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';

/** Throws CONFLICT while an import of this machine feeds the catalog: what it brings once the catalog is gone would be lost. */
export async function refuseWhileFed(
  imports: Pick<ImportLog, 'sources' | 'unfinished'>,
  { id, name }: Pick<Catalog, 'id' | 'name'>,
): Promise<void> {
  for (const source of await imports.sources(id)) {
    const run = await imports.unfinished(source.id);
    if (!run) continue;
    throw new AppError('CONFLICT', `import ${run.id} still feeds “${name}”; let it end, or cancel it`, {
      details: { importId: run.id },
    });
  }
}
