import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { implement } from '@orpc/server';
import { foldersContract } from '../../../src-core/contract/system.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { isManifestName } from '../../../src-core/domain/manifest-columns.ts';
import { isPictureFile } from '../../../src-core/files/picture-files.ts';
import { isoTime } from '../documents.ts';
import type { ApiParts } from '../procedures.ts';

const MOST_ENTRIES = 5_000;

type Entry = {
  name: string;
  path: string;
  kind: 'folder' | 'picture' | 'manifest';
  bytes: number | null;
  modified_at: string | null;
};

/** What can be imported from. Nothing outside the allowed roots is looked at, and hidden files are not told. */
export function folderProcedures({ roots }: Pick<ApiParts, 'roots'>) {
  const api = implement(foldersContract);

  async function entryOf(path: string, name = basename(path)): Promise<Entry[]> {
    const inside = await roots.check(path).catch(() => null); // a link that leads out
    const stats = inside && (await stat(path).catch(() => null));
    if (!stats) return [];
    const modified_at = isoTime(Math.trunc(stats.mtimeMs));
    if (stats.isDirectory()) return [{ name, path, kind: 'folder', bytes: null, modified_at }];
    if (!stats.isFile()) return [];
    const kind = isPictureFile(path) ? 'picture' : isManifestName(path) ? 'manifest' : null;
    return kind === null ? [] : [{ name, path, kind, bytes: stats.size, modified_at }];
  }

  return api.router({
    browse: api.browse.handler(async ({ input }) => {
      if (input.path === undefined) {
        const entries = await Promise.all((await roots.list()).map((root) => entryOf(root, root)));
        return { path: null, entries: entries.flat(), truncated: false };
      }
      const { path } = await roots.check(input.path);
      const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
        throw new AppError('NOT_FOUND', `${path} cannot be listed: ${error.code}`, { cause: error });
      });
      const seen = names.filter((name) => !name.startsWith('.')).toSorted();
      const entries = await Promise.all(seen.slice(0, MOST_ENTRIES).map((name) => entryOf(join(path, name))));
      return { path, entries: entries.flat(), truncated: seen.length > MOST_ENTRIES };
    }),
  });
}
