import { lstat } from 'node:fs/promises';
import { basename } from 'node:path/posix';
import { factsAfter, type ImageRecord, type SaidFacts } from '../../../src-core/domain/image-record.ts';
import { nameInStore, pictureIdOf, type Naming } from '../../../src-core/domain/naming.ts';
import { lookAtRoot } from '../../../src-core/files/look.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import type { ImportsDeps } from './job.ts';

export interface Rename {
  from: KnownFile;
  /** `missingSince`: of a file that is missing under its new name too. */
  to: { name: string; path: string; sourceId: string; facts?: SaidFacts; missingSince?: number | null };
}

interface NewFile {
  name: string;
  path: string;
  bytes: number;
  mtimeMs: number;
  inode: number;
  facts?: SaidFacts;
}

type Deps = Pick<ImportsDeps, 'log' | 'store'>;

/**
 * Which of these new files are known ones under another name: the same inode, size and time, while the old name is gone
 * or another file's by now. Nothing is read: a folder with 20,000 pictures that was renamed takes seconds. What the
 * file system does not tell by inodes (a move to another disk) is found by its bytes later, moves.ts.
 */
export async function findRenames(
  { log }: Pick<ImportsDeps, 'log'>,
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

/** A file that looks just as the old one did, such as a copy that kept the time, passes for it under the old name. */
async function leftItsPlace({ path, inode, bytes, mtimeMs }: KnownFile): Promise<boolean> {
  return lstat(path).then(
    (now) => now.ino !== inode && (now.size !== bytes || now.mtimeMs !== mtimeMs),
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
  naming: Naming,
  importId: string | null,
  renames: readonly Rename[],
): Promise<Set<string>> {
  const idsOf = renames.map(({ from, to }) => ({ from: from.imageId, to: pictureIdOf(catalogId, naming, to.name) }));
  const images = await store.get(
    catalogId,
    idsOf.flatMap(({ from, to }) => [from, to]),
  );
  const stored = new Map(images.map((image) => [image.record.imageId, image]));
  const lost = new Set<string>();
  const left: string[] = [];
  const moved = renames.flatMap(({ from, to }, at) => {
    const ids = idsOf[at]!;
    const old = stored.get(ids.from);
    // Another file may have the old name by now, and a worker may have written its record there already.
    if (old?.record.contentHash === from.contentHash) {
      left.push(ids.from);
      return [
        {
          record: renamed(old.record, ids.to, importId, { ...to, name: nameInStore(naming, to.name) }),
          vector: old.vector,
        },
      ];
    }
    if (stored.get(ids.to)?.record.contentHash !== from.contentHash) lost.add(to.name);
    return [];
  });
  if (moved.length > 0) await store.upsert(catalogId, moved);
  const arriving = new Set(idsOf.map(({ to }) => to));
  const leaving = left.filter((id) => !arriving.has(id));
  if (leaving.length > 0) await store.delete(catalogId, { imageIds: leaving });
  return lost;
}

function renamed(record: ImageRecord, imageId: string, importId: string | null, to: Rename['to']): ImageRecord {
  const { name: canonicalName, path, sourceId, facts, missingSince = null } = to;
  const fileName = basename(canonicalName);
  const { productId: _p, name: _n, description: _d, metadata: _m, ...own } = record;
  return {
    ...own,
    ...factsAfter(record, facts),
    imageId,
    canonicalName,
    path,
    fileName,
    sourceId,
    importId: importId ?? record.importId,
    missingSince,
  };
}

/** What is known of a picture after its rename. */
export function knownAs({ from, to }: Rename, catalogId: string, naming: Naming): KnownFile {
  const { name, path, sourceId, missingSince = null } = to;
  return { ...from, name, path, sourceId, imageId: pictureIdOf(catalogId, naming, name), missingSince };
}
