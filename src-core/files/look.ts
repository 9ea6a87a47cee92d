import type { Stats } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { AppError, type ErrorCode } from '../domain/app-error.ts';
import { isInside } from './is-inside.ts';
import { isPictureFile } from './picture-files.ts';

/** What became of one entry of the tree; folders that are walked give none. Sizes in bytes, times in ms. */
export type Found =
  | {
      kind: 'file';
      path: string;
      bytes: number;
      mtimeMs: number;
      /** Folder that the file, links resolved, lies under; null when nothing bounds it. */
      root: string | null;
      inode: number;
      /** Of the file system that it lies on. */
      device: number;
      /** Its bytes lie in a cloud and would be fetched by reading it. */
      placeholder: boolean;
    }
  /** `rule`: hidden, extension, link-outside, not-a-file, or a pattern. */
  | { kind: 'excluded'; path: string; rule: string }
  | { kind: 'sidecar'; path: string; bytes: number; mtimeMs: number }
  | { kind: 'failed'; path: string; code: ErrorCode; message: string };

/** One entry of a folder; null when it went away since. */
export async function lookAtFile(path: string, root: string): Promise<Found | null> {
  try {
    return found(path, root, await lstat(path));
  } catch (error) {
    return isGone(error) ? null : unreadable(path, error, 'the file cannot be read');
  }
}

/** A file of words beside a picture; null when it went away since. */
export async function lookAtSidecar(path: string): Promise<Found | null> {
  try {
    const { size: bytes, mtimeMs } = await lstat(path);
    return { kind: 'sidecar', path, bytes, mtimeMs };
  } catch (error) {
    return isGone(error) ? null : unreadable(path, error, 'the sidecar cannot be read');
  }
}

/** A symbolic link: to a file inside `root`, or what else becomes of it. A link to a folder is `onFolder`'s. */
export async function lookAtLink(
  path: string,
  root: string,
  onFolder: (target: string) => void,
): Promise<Found | null> {
  try {
    const target = await realpath(path);
    const stats = await stat(target);
    if (stats.isDirectory()) {
      onFolder(target);
      return null;
    }
    if (stats.isFile() && !isPictureFile(path)) return { kind: 'excluded', path, rule: 'extension' };
    if (!isInside(root, target)) return { kind: 'excluded', path, rule: 'link-outside' };
    return found(path, root, stats);
  } catch (error) {
    if (!isPictureFile(path)) return { kind: 'excluded', path, rule: 'extension' };
    if (isGone(error)) return { kind: 'failed', path, code: 'FILE_NOT_FOUND', message: 'the link leads to nothing' };
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') {
      return { kind: 'failed', path, code: 'NOT_A_FILE', message: 'the link leads back to itself' };
    }
    return unreadable(path, error, 'the link cannot be followed');
  }
}

export function found(path: string, root: string | null, stats: Stats): Found {
  if (!stats.isFile()) return { kind: 'excluded', path, rule: 'not-a-file' };
  const { size: bytes, mtimeMs, ino: inode, dev: device } = stats;
  return {
    kind: 'file',
    path,
    bytes,
    mtimeMs,
    root,
    inode,
    device,
    placeholder: isPlaceholder(stats, process.platform),
  };
}

/** The largest file that NTFS and APFS may keep inside its directory entry, so that it takes no block. */
const INLINE_BYTES = 4_096;

/**
 * A file of iCloud, OneDrive or Dropbox whose bytes are not on this disk: it has a size and takes no block. Linux has no
 * such files; there it is a sparse file, or one that the file system packs.
 */
export function isPlaceholder({ size, blocks }: Pick<Stats, 'size' | 'blocks'>, platform: NodeJS.Platform): boolean {
  return (platform === 'darwin' || platform === 'win32') && blocks === 0 && size > INLINE_BYTES;
}

/** A file that somebody named: neither its extension nor a dot keeps it out, and a folder is a mistake. */
export async function lookAtNamed(path: string, root: string | null): Promise<Found> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return found(path, root, stats);
    return { kind: 'failed', path, code: 'NOT_A_FILE', message: 'it is not a file' };
  } catch (error) {
    if (isGone(error)) return { kind: 'failed', path, code: 'FILE_NOT_FOUND', message: 'there is no such file' };
    return unreadable(path, error, 'the file cannot be read');
  }
}

/** Whether nothing is at the path. False when that cannot be told: a drive that fails is no deleted file. */
export async function isAbsent(path: string): Promise<boolean> {
  return lstat(path).then(() => false, isGone);
}

/** Whether no file is at the path: nothing, or a folder by now. False when that cannot be told. */
export async function isNoFile(path: string): Promise<boolean> {
  return lstat(path).then((stats) => stats.isDirectory(), isGone);
}

/** Throws SOURCE_UNAVAILABLE when the folder cannot be read. A file is never empty. */
export async function isEmptyFolder(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false;
    const folder = await opendir(path);
    try {
      return (await folder.read()) === null;
    } finally {
      await folder.close();
    }
  } catch (error) {
    throw unavailable(path, error);
  }
}

/** Whether the folder can be read and has something in it: what is not found in it is gone then, and not just away. */
export async function holdsFiles(path: string): Promise<boolean> {
  return isEmptyFolder(path).then(
    (empty) => !empty,
    () => false,
  );
}

/** Throws SOURCE_UNAVAILABLE. */
export async function lookAtRoot(root: string): Promise<Stats> {
  try {
    const stats = await stat(root);
    if (stats.isDirectory()) await (await opendir(root)).close();
    return stats;
  } catch (error) {
    throw unavailable(root, error);
  }
}

function unavailable(root: string, cause: unknown): AppError {
  return new AppError('SOURCE_UNAVAILABLE', `${root} cannot be read: ${(cause as Error).message}`, { cause });
}

/** Gone since it was listed: that is how it would be, had the walk come a moment later. */
export function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function unreadable(path: string, error: unknown, what: string): Found {
  return { kind: 'failed', path, code: 'FILE_UNREADABLE', message: `${what}: ${(error as Error).message}` };
}
