import { lstat } from 'node:fs/promises';
import { basename } from 'node:path/posix';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import type { ImageRecord, PictureFacts } from '../../../src-core/domain/image-record.ts';
import { lookAtRoot } from '../../../src-core/files/look.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import type { ImportsDeps } from './job.ts';

export interface Rename {
  from: KnownFile;
  to: { name: string; path: string; sourceId: string; facts?: PictureFacts };
}

interface NewFile {
  name: string;
  path: string;
  bytes: number;
  mtimeMs: number;
  inode: number;
  facts?: PictureFacts;
}

type Deps = Pick<ImportsDeps, 'log' | 'store'>;

/**
 * Which of these new files are known ones under another name: the same inode, size and time, while the old name is gone
 * or another file's by now. Nothing is read: a folder with 20,000 pictures that was renamed takes seconds. What the
 * file system does not tell by inodes (a move to another disk) is found by its bytes later, moves.ts.
 */
export async function findRenames(
  { log }: Deps,
  { id: catalogId, model }: { id: string; model: string },
  sourceId: string,
  files: readonly NewFile[],
): Promise<Map<string, Rename>> {
  const renames = new Map<string, Rename>();
  if (files.length === 0) return renames;
  const candidates = Map.groupBy(
    await log.byInode(
      catalogId,
      files.map(({ inode }) => inode),
    ),
    ({ inode }) => inode,
  );
  if (candidates.size === 0) return renames;
  const readable = new Map<string, Promise<boolean>>();
  const taken = new Set<string>();
  for (const { name, path, bytes, mtimeMs, inode, facts } of files) {
    for (const from of candidates.get(inode) ?? []) {
      const same = from.bytes === bytes && from.mtimeMs === mtimeMs && from.model === model;
      if (!same || taken.has(from.name) || !(await leftItsPlace(from))) continue;
      if (from.sourceId !== sourceId && !(await isReadable(from.sourceId))) continue;
      taken.add(from.name);
      renames.set(name, { from, to: { name, path, sourceId, ...(facts && { facts }) } });
      break;
    }
  }
  return renames;

  /** A file of another source is only gone when that source can be read. */
  async function isReadable(id: string): Promise<boolean> {
    let answer = readable.get(id);
    if (!answer) {
      answer = (async () => {
        const other = await log.source(id);
        return (
          other !== null &&
          lookAtRoot(other.path).then(
            () => true,
            () => false,
          )
        );
      })();
      readable.set(id, answer);
    }
    return answer;
  }
}

async function leftItsPlace({ path, inode }: KnownFile): Promise<boolean> {
  return lstat(path).then(
    ({ ino }) => ino !== inode,
    ({ code }: NodeJS.ErrnoException) => code === 'ENOENT' || code === 'ENOTDIR',
  );
}

/**
 * Records go over whole, vector and all, to the ids of their new names; the old ones go. A crash in between is healed by
 * doing it again, up to `log.rename`, which the caller does last. Answers the names that could not be taken over, because
 * the store knows them under neither name.
 */
export async function takeOver(
  { store }: Deps,
  catalogId: string,
  importId: string | null,
  renames: readonly Rename[],
): Promise<Set<string>> {
  const ids = renames.map(({ from, to }) => ({ from: from.imageId, to: imageIdOf(catalogId, to.name) }));
  const images = await store.get(
    catalogId,
    ids.flatMap(({ from, to }) => [from, to]),
  );
  const stored = new Map(images.map((image) => [image.record.imageId, image]));
  const lost = new Set<string>();
  const moved = renames.flatMap(({ from, to }, at) => {
    const old = stored.get(ids[at]!.from);
    if (old) return [{ record: renamed(old.record, ids[at]!.to, importId, to), vector: old.vector }];
    if (stored.get(ids[at]!.to)?.record.contentHash !== from.contentHash) lost.add(to.name);
    return [];
  });
  if (moved.length > 0) await store.upsert(catalogId, moved);
  const arriving = new Set(ids.map(({ to }) => to));
  const leaving = ids.flatMap(({ from }) => (stored.has(from) && !arriving.has(from) ? [from] : []));
  if (leaving.length > 0) await store.delete(catalogId, { imageIds: leaving });
  return lost;
}

function renamed(record: ImageRecord, imageId: string, importId: string | null, to: Rename['to']): ImageRecord {
  const { name: canonicalName, path, sourceId, facts } = to;
  const fileName = basename(canonicalName);
  return {
    ...record,
    ...facts,
    imageId,
    canonicalName,
    path,
    fileName,
    sourceId,
    importId: importId ?? record.importId,
    missingSince: null,
  };
}

/** What is known of a picture after its rename. */
export function knownAs({ from, to }: Rename, catalogId: string): KnownFile {
  const { name, path, sourceId } = to;
  return { ...from, name, path, sourceId, imageId: imageIdOf(catalogId, name), missingSince: null };
}
