import { open, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../src-core/domain/app-error.ts';
import type { FileSum } from '../../../src-core/domain/model-offer.ts';
import { getFollowing, Interrupted, numberOf, reasonOf, type Linked } from './get-following.ts';
import { keptPart, type KeptPart } from './kept-part.ts';
import { sumOf } from './sum-of.ts';

/** A file that is somewhere else; null is what is not known of it. */
export interface Wanted extends Linked {
  url: string;
}

/** How long a bad line is borne, in ms. */
export interface Patience {
  /** Attempts in a row that bring nothing. */
  tries: number;
  /** Wait after the first of them; doubles. */
  firstMs: number;
  /** A connection on which nothing comes for so long is given up. */
  stallMs: number;
}

export const PATIENCE: Patience = { tries: 5, firstMs: 500, stallMs: 30_000 };

export interface FetchOptions {
  signal: AbortSignal;
  patience?: Patience;
  /** Of the whole file, whenever some of it came; null while its size is not known. */
  onProgress: (bytes: number, total: number | null) => void;
}

/**
 * Brings a file to `to`, over any number of connections: what came is kept, by this call and by a later one, and only the
 * rest is asked for. The file is there only when it is whole and has its checksum; without one that is known beforehand
 * or told by the hub, whatever came is what it has. Throws CANCELLED, DOWNLOAD_FAILED (what came is kept), MODEL_INVALID for
 * another checksum (what came is thrown away), DISK_FULL and DATA_DIR_UNUSABLE.
 */
export async function fetchFile(wanted: Wanted, to: string, options: FetchOptions): Promise<FileSum> {
  const { signal, patience = PATIENCE } = options;
  const part = keptPart(to);
  let most = await part.size();
  for (let failures = 0; ;) {
    try {
      const { sha256 } = await attempt(wanted, part, options);
      const sum = await sumOf(part.path);
      if (sha256 !== null && sum.sha256 !== sha256) {
        await part.drop();
        throw new AppError('MODEL_INVALID', `${wanted.url} has SHA-256 ${sum.sha256}, and should have ${sha256}`);
      }
      await rename(part.path, to);
      await part.drop();
      return sum;
    } catch (error) {
      if (signal.aborted) throw new AppError('CANCELLED', `${wanted.url}: stopped; what has come is kept`);
      if (!(error instanceof Interrupted)) throw error;
      const size = await part.size();
      failures = size > most ? 0 : failures + 1;
      most = Math.max(most, size);
      if (failures >= patience.tries) {
        throw new AppError('DOWNLOAD_FAILED', `${wanted.url}: ${error.message}`, { cause: error });
      }
      await sleep(patience.firstMs * 2 ** Math.max(0, failures - 1), undefined, { signal }).catch(() => {});
    }
  }
}

/** One connection. Answers the checksum that the whole file should have. */
async function attempt(
  { url, ...known }: Wanted,
  part: KeptPart,
  { signal, patience = PATIENCE, onProgress }: FetchOptions,
): Promise<{ sha256: string | null }> {
  const quiet = new AbortController();
  const stall = setTimeout(() => quiet.abort(new Error(`nothing came for ${patience.stallMs} ms`)), patience.stallMs);
  try {
    const note = await part.note();
    const isSame = note?.url === url && (note.validator !== null || known.sha256 !== null);
    if (!isSame) await part.drop();
    const kept = await part.size();
    const range = kept > 0 && { range: `bytes=${kept}-`, ...(note?.validator && { 'if-range': note.validator }) };
    const headers = { 'accept-encoding': 'identity', ...range };
    const { response, ...linked } = await getFollowing(url, headers, AbortSignal.any([signal, quiet.signal]));
    const sha256 = known.sha256 ?? linked.sha256;
    const { from, total = known.bytes ?? linked.bytes } = await whichBytes(response, url, kept, part);
    if (from === total) return { sha256 };
    await part.setNote({ url, validator: validatorOf(response) });
    let bytes = from;
    onProgress(bytes, total);
    // Piece by piece: a stream that breaks would take along what it holds.
    const file = await open(part.path, from > 0 ? 'a' : 'w').catch(ofDisk);
    try {
      for await (const piece of piecesOf(response, quiet.signal)) {
        stall.refresh();
        await file.appendFile(piece).catch(ofDisk);
        bytes += piece.length;
        onProgress(bytes, total);
      }
    } finally {
      await file.close();
    }
    if (total !== null && bytes < total) throw new Interrupted(`${bytes} of ${total} bytes came`);
    return { sha256 };
  } finally {
    clearTimeout(stall);
  }
}

async function* piecesOf({ body }: Response, quiet: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!body) return;
  try {
    yield* body;
  } catch (error) {
    throw new Interrupted(quiet.aborted ? String(quiet.reason) : reasonOf(error), { cause: error });
  }
}

/** Where the bytes that come belong, and how many the whole file has where the answer says so. */
async function whichBytes(
  response: Response,
  url: string,
  kept: number,
  part: KeptPart,
): Promise<{ from: number; total?: number }> {
  const { status, headers } = response;
  const [, first, all] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  const whole = numberOf(all);
  const total = whole === null ? {} : { total: whole };
  if (status === 206 && numberOf(first) === kept) return { from: kept, ...total };
  if (status === 416 && kept > 0 && whole === kept) {
    await response.body?.cancel();
    return { from: kept, total: kept };
  }
  if (status === 200) {
    if (/^text\/html\b/i.test(headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      throw new AppError('DOWNLOAD_FAILED', `${url} is answered with a page, not with a file`);
    }
    const length = numberOf(headers.get('content-length'));
    return { from: 0, ...(length !== null && { total: length }) };
  }
  await response.body?.cancel();
  if (status === 206 || status === 416) await part.drop(); // of another file than before
  if (status === 206 || status === 416 || status === 408 || status === 429 || status >= 500) {
    throw new Interrupted(`it answered ${status}`);
  }
  throw new AppError('DOWNLOAD_FAILED', `${url} answered ${status}`);
}

/** A weak ETag does not promise the same bytes. */
function validatorOf({ headers }: Response): string | null {
  const etag = headers.get('etag');
  return etag?.startsWith('"') ? etag : headers.get('last-modified');
}

function ofDisk(error: NodeJS.ErrnoException): never {
  throw new AppError(error.code === 'ENOSPC' ? 'DISK_FULL' : 'DATA_DIR_UNUSABLE', error.message, { cause: error });
}
