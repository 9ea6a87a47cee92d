import { implement } from '@orpc/server';
import { importsContract, type StartImport } from '../../../src-core/contract/imports.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { isFinished, type ImportRun } from '../../../src-core/domain/import.ts';
import { isManifestFile } from '../../../src-core/files/manifest.ts';
import { importDocument, ledgerDocument } from '../../documents.ts';
import type { ApiParts } from '../procedures.ts';

export function importProcedures({ console, roots }: Pick<ApiParts, 'console' | 'roots'>) {
  const api = implement(importsContract);

  /** With the names that people know; ids where the catalog or the source is gone. */
  async function documentsOf(runs: readonly ImportRun[]) {
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

  async function documentOf(run: ImportRun) {
    const [document] = await documentsOf([run]);
    return document!;
  }

  /** A new source takes the rules; those of a known one may take pictures out, which has a call of its own. */
  async function refuseOtherRules({ include, exclude }: StartImport, path: string, catalogId: string): Promise<void> {
    if (include.length + exclude.length === 0) return;
    const source = await (await console.sources()).at(path, catalogId);
    if (!source) return;
    throw new AppError('CONFLICT', `${path} has rules already: PUT /sources/${source.id}/rules changes them`);
  }

  /** The lines of a manifest name files anywhere. Workers hold them inside the allowed roots, where there are some. */
  async function refuseUnbounded(path: string, catalogId: string): Promise<void> {
    if (!isManifestFile(path) || console.settings.paths.allowRoots.length > 0) return;
    if (await (await console.sources()).at(path, catalogId)) return;
    throw new AppError(
      'PATH_OUTSIDE_ROOT',
      `the lines of ${path} may name files anywhere; start the server with --allow-root FOLDER, or import it by hand first`,
    );
  }

  return api.router({
    start: api.start.handler(async ({ input }) => {
      const { path } = await roots.check(input.path);
      const manifest = input.manifest === undefined ? undefined : (await roots.check(input.manifest)).path;
      const { id: catalogId } = await console.ensureCatalog(input.catalog);
      await refuseUnbounded(path, catalogId);
      await refuseOtherRules(input, path, catalogId);
      const { include, exclude, priority } = input;
      const rules = { include, exclude };
      const isRuled = include.length + exclude.length > 0;
      const run = await (
        await console.importHost()
      ).start({ catalogId, path, manifest, priority, ...(isRuled && { rules }) });
      return documentOf(run);
    }),

    list: api.list.handler(async ({ input: { limit } }) => ({
      imports: await documentsOf(await (await console.imports()).list(limit)),
    })),

    get: api.get.handler(async ({ input: { import_id } }) => {
      const imports = await console.imports();
      const run = await imports.status(import_id);
      // Its failed tasks may have been retried since; nobody follows them for a finished import.
      return documentOf(isFinished(run.state) ? await imports.refresh(import_id) : run);
    }),

    ledger: api.ledger.handler(async ({ input: { import_id, outcome, code, limit, cursor } }) => {
      await (await console.imports()).status(import_id);
      const which = { ...(outcome && { outcomes: outcome }), ...(code && { codes: code }) };
      const { items, next } = await (await console.importLog()).ledger(import_id, which, limit, cursor);
      return { lines: items.map(ledgerDocument), next };
    }),

    pause: api.pause.handler(async ({ input: { import_id } }) =>
      documentOf(await (await console.importHost()).pause(import_id)),
    ),

    resume: api.resume.handler(async ({ input: { import_id } }) =>
      documentOf(await (await console.importHost()).resume(import_id)),
    ),

    cancel: api.cancel.handler(async ({ input: { import_id } }) => {
      const cancelled = await (await console.importHost()).cancel(import_id);
      const run = await (await console.imports()).status(import_id);
      return { ...(await documentOf(run)), cancelled_tasks: cancelled };
    }),
  });
}
