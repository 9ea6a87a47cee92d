import type { ImportRun } from '../../../src-core/domain/import.ts';
import type { Console } from '../../console.ts';
import { importDocument } from '../../documents.ts';

/** With the names that people know; ids where the catalog or the source is gone. */
export async function importDocuments(runs: readonly ImportRun[], console: Pick<Console, 'store' | 'importLog'>) {
  const catalogs = new Map((await (await console.store()).catalogs()).map(({ id, name }) => [id, name]));
  const log = await console.importLog();
  return Promise.all(
    runs.map(async (run) => {
      const source = await log.source(run.sourceId);
      return importDocument(run, {
        catalog: catalogs.get(run.catalogId) ?? run.catalogId,
        root: source?.path ?? run.sourceId,
      });
    }),
  );
}
