import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { partOf, type Places } from './places.ts';

/** How far a file of a set is. */
export interface UploadedFile {
  /** Below the set's folder, with `/`, as it is kept. */
  path: string;
  /** Bytes that are there. */
  received: number;
  /** Null while that is not known. */
  total: number | null;
  complete: boolean;
}

/** Bytes from `offset` on, of a file of `total` bytes; null: their end is the file's. */
export interface Piece {
  offset: number;
  total: number | null;
}

/** How far this file is: 0 bytes where nothing of it has come. */
export async function lookAt(places: Places, path: string): Promise<UploadedFile> {
  const part = await stat(partOf(places, path).bytes).catch(() => null);
  if (part) return { path, received: part.size, total: null, complete: false };
  const whole = await stat(join(places.files, path)).catch(() => null);
  if (!whole?.isFile()) return { path, received: 0, total: null, complete: false };
  return { path, received: whole.size, total: whole.size, complete: true };
}

/**
 * Appends what comes to the unfinished file, and puts that into its place when it is whole. What came before the line
 * broke is kept. `most` is how long the file may become. Throws FILE_TOO_LARGE, DISK_FULL, CONFLICT, CANCELLED,
 * INVALID_INPUT.
 */
export async function receive(
  places: Places,
  path: string,
  { offset, total }: Piece,
  body: Readable,
  { most, signal }: { most: number; signal: AbortSignal },
): Promise<UploadedFile> {
  const part = partOf(places, path);
  const end = total ?? most;
  if (end > most) throw tooLarge(path, most);
  await mkdir(places.parts, { recursive: true, mode: 0o700 });
  if (total !== null) await mustFit(places.parts, total - offset);
  let received = offset;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received <= end) return done(null, chunk);
      done(
        total === null ? tooLarge(path, most) : new AppError('INVALID_INPUT', `${path} is longer than ${total} bytes`),
      );
    },
  });
  try {
    if (offset === 0) await writeFile(part.record, JSON.stringify({ path, total }), { mode: 0o600 });
    const file = createWriteStream(part.bytes, { flags: offset === 0 ? 'w' : 'a', mode: 0o600 });
    await pipeline(body, counted, file, { signal });
    if (total !== null && received < total) return { path, received, total, complete: false };
    await putInPlace(part.bytes, join(places.files, path));
    await rm(part.record, { force: true });
    return { path, received, total: received, complete: true };
  } catch (error) {
    throw toUploadError(error, path);
  }
}

async function putInPlace(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rename(from, to);
}

/** Said before the bytes are sent, where they would not have a place anyway. */
async function mustFit(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (bytes <= free) return;
  throw new AppError('DISK_FULL', `the disk of the data dir has ${free} bytes left, and ${bytes} are to come`);
}

function tooLarge(path: string, most: number): AppError {
  return new AppError('FILE_TOO_LARGE', `${path} is larger than limits.maxBytes (${most})`);
}

const CLASHES = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY']);
const BROKEN_OFF = new Set(['ABORT_ERR', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

function toUploadError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('DISK_FULL', `the disk of the data dir has no place for ${path}`, { cause: error });
  }
  if (code === 'ENAMETOOLONG') return new AppError('INVALID_INPUT', `the path ${path} is too long`, { cause: error });
  if (CLASHES.has(code)) {
    return new AppError('CONFLICT', `${path} would be a file and a folder at once`, { cause: error });
  }
  if (BROKEN_OFF.has(code) || message === 'aborted') {
    return new AppError('CANCELLED', `the upload of ${path} broke off; it goes on where it stopped`, { cause: error });
  }
  return error;
}
