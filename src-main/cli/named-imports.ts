import type { ImportRun } from '../../src-core/domain/import.ts';
import type { NamedImport } from '../client/operator.ts';
import type { Console } from '../console.ts';

export async function nameImport(console: Console, run: ImportRun): Promise<NamedImport> {
  const catalogs = await (await console.store()).catalogs();
  const source = await (await console.importLog()).source(run.sourceId);
  return {
    run,
    catalog: catalogs.find(({ id }) => id === run.catalogId)?.name ?? run.catalogId,
    root: source?.path ?? run.sourceId,
  };
}

/** Newest first. */
export async function namedImports(console: Console, limit: number): Promise<NamedImport[]> {
  const runs = await (await console.importLog()).listImports(limit);
  return Promise.all(runs.map((run) => nameImport(console, run)));
}
