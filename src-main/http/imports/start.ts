import { isDeepStrictEqual } from 'node:util';
import type { StartImport } from '../../../src-core/contract/imports.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { rulesWith } from '../../../src-core/domain/import.ts';
import { isManifestName } from '../../../src-core/domain/manifest-columns.ts';
import type { Caller } from '../caller.ts';
import type { ApiParts } from '../procedures.ts';
import { importDocuments } from './import-documents.ts';

/** Starts an import that a program asked for, below the allowed roots; answers its document. */
export function createImportStart({ console, roots }: Pick<ApiParts, 'console' | 'roots'>) {
  /** A new source takes the rules; further ones of a known one may take pictures out, which has a call of its own. */
  async function rulesOfNew({ include, exclude }: StartImport, path: string, catalogId: string) {
    const rules = { include, exclude };
    if (include.length + exclude.length === 0) return undefined;
    const source = await (await console.sources()).at(path, catalogId);
    if (!source) return rules;
    if (isDeepStrictEqual(rulesWith(source.rules, rules), source.rules)) return undefined;
    throw new AppError('CONFLICT', `${path} has other rules: PUT /sources/${source.id}/rules changes them`);
  }

  /** The lines of a manifest name files anywhere. Workers hold them inside the allowed roots, where there are some. */
  async function refuseUnbounded(path: string, catalogId: string): Promise<void> {
    if (!isManifestName(path) || console.settings.paths.allowRoots.length > 0) return;
    if (await (await console.sources()).at(path, catalogId)) return;
    throw new AppError(
      'PATH_OUTSIDE_ROOT',
      `the lines of ${path} may name files anywhere; start the server with --allow-root FOLDER, or import it by hand first`,
    );
  }

  return async (input: StartImport, { by: startedBy }: Caller) => {
    const { path } = await roots.check(input.path);
    const manifest = input.manifest === undefined ? undefined : (await roots.check(input.manifest)).path;
    const { id: catalogId } = await console.ensureCatalog(input.catalog);
    await refuseUnbounded(path, catalogId);
    const rules = await rulesOfNew(input, path, catalogId);
    const host = await console.importHost();
    const { columns, priority } = input;
    const run = await host.start({ catalogId, path, manifest, columns, priority, rules, startedBy });
    const [document] = await importDocuments([run], console);
    return document!;
  };
}
