import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, realpath, type FileHandle } from 'node:fs/promises';
import { sep } from 'node:path';
import { AppError, type ErrorCode } from '../../domain/app-error.ts';
import type { PictureFile } from '../../ports/pictures.ts';

/** Windows has neither flag, nor the pipes and late links that they guard against. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Hashed on this thread piece by piece, 0.7 ms each: crypto.subtle copies, and takes 1.3 to 2 times the CPU. */
const PIECE = 1024 * 1024;

/** Reads and hashes one file; see `Pictures.read`. */
export async function readPicture(
  path: string,
  root: string | null,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<PictureFile> {
  const file = await resolveInside(path, root);
  const before = await attempt(path, () => lstat(file));
  if (!before.isFile()) throw new AppError('NOT_A_FILE', `${path} is ${kindOf(before)}, not a file`);
  if (before.size === 0) throw new AppError('FILE_EMPTY', `${path} has 0 bytes`);
  if (before.size > maxBytes) {
    throw new AppError('FILE_TOO_LARGE', `${path} has ${before.size} bytes; at most ${maxBytes} are read`);
  }
  throwIfAborted(path, signal);
  const handle = await attempt(path, () => open(file, FLAGS));
  try {
    const { bytes, hash } = await readWhole(path, handle, before.size, signal);
    const after = await attempt(path, () => handle.stat());
    if (!bytes || !isSame(before, after)) throw new AppError('FILE_CHANGED', `${path} was written while it was read`);
    return { bytes, contentHash: hash, mtimeMs: before.mtimeMs };
  } finally {
    await handle.close();
  }
}

/** The file behind all links. */
async function resolveInside(path: string, root: string | null): Promise<string> {
  if (root === null) return attempt(path, () => realpath(path));
  const realRoot = await realpath(root).catch((error: unknown) => {
    const reason = `the source’s folder ${root} cannot be read: ${(error as Error).message}`;
    throw new AppError('SOURCE_UNAVAILABLE', reason, { cause: error });
  });
  const real = await attempt(path, () => realpath(path));
  const folder = realRoot.endsWith(sep) ? realRoot : realRoot + sep;
  if (real === realRoot || real.startsWith(folder)) return real;
  throw new AppError('PATH_OUTSIDE_ROOT', `${path} leads to ${real}, outside ${root}`);
}

/** `bytes` is null when the file ended before `size`. */
async function readWhole(
  path: string,
  handle: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<{ bytes: Buffer | null; hash: string }> {
  const bytes = Buffer.allocUnsafeSlow(size);
  const hash = createHash('sha256');
  let filled = 0;
  while (filled < size) {
    throwIfAborted(path, signal);
    const want = Math.min(PIECE, size - filled);
    const { bytesRead } = await attempt(path, () => handle.read(bytes, filled, want, filled));
    if (bytesRead === 0) return { bytes: null, hash: '' };
    hash.update(bytes.subarray(filled, filled + bytesRead));
    filled += bytesRead;
  }
  return { bytes, hash: hash.digest('hex') };
}

function isSame(before: Stats, after: Stats): boolean {
  return before.ino === after.ino && before.size === after.size && before.mtimeMs === after.mtimeMs;
}

function throwIfAborted(path: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('CANCELLED', `reading ${path} was stopped`, { cause: signal.reason });
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new AppError(...fileError(code, path, message), { retryable: isPassing(code), cause: error });
  }
}

function fileError(errno: string, path: string, message: string): [ErrorCode, string] {
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return ['FILE_NOT_FOUND', `${path} does not exist`];
    case 'ELOOP':
      return ['NOT_A_FILE', `${path} is a link that leads back to itself`];
    default:
      return ['FILE_UNREADABLE', `${path} cannot be read: ${message}`];
  }
}

/** What another attempt may cure: a network drive that stumbles, too many open files. */
function isPassing(errno: string): boolean {
  return ['EIO', 'EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'ETIMEDOUT', 'ESTALE'].includes(errno);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
