import { implement } from '@orpc/server';
import { MANIFEST_ROWS, previewContract } from '../../../src-core/contract/import-preview.ts';
import { importsContract } from '../../../src-core/contract/imports.ts';
import { isFinished, type ImportRun } from '../../../src-core/domain/import.ts';
import { readManifestHead } from '../../../src-core/files/manifest-head.ts';
import { ledgerDocument } from '../../documents.ts';
import type { Caller } from '../caller.ts';
import type { ApiParts } from '../procedures.ts';
import { importDocuments } from './import-documents.ts';
import { manifestDocument } from './manifest-document.ts';
import { createPreview } from './preview.ts';
import { createImportStart } from './start.ts';

const NEVER = new AbortController().signal;

export function importProcedures({ console, roots }: Pick<ApiParts, 'console' | 'roots'>) {
  const api = implement({ ...importsContract, ...previewContract }).$context<Caller>();

  const start = createImportStart({ console, roots });
  const preview = createPreview({ console, roots });
  const documentsOf = (runs: readonly ImportRun[]) => importDocuments(runs, console);

  async function documentOf(run: ImportRun) {
    const [document] = await documentsOf([run]);
    return document!;
  }

  return api.router({
    start: api.start.handler(async ({ input, context }) => start(input, context)),

    preview: api.preview.handler(async ({ input, signal = NEVER }) => preview(input, signal)),

    manifest: api.manifest.handler(async ({ input: { path, columns } }) =>
      manifestDocument(await readManifestHead((await roots.check(path)).path, columns, MANIFEST_ROWS)),
    ),

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
