import { AppError } from '../../../src-core/domain/app-error.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import { createSample } from '../plan/sample.ts';
import { isSameImage } from './same-image.ts';
import type { CopySource, CopyTarget } from './sides.ts';

/** Records of the random sample that is compared at the end. */
const SAMPLED = 1_000;

export interface CopyOptions {
  /** Ends the copy after the pages that are being written. */
  signal: AbortSignal;
  /** After each page: records that are dealt with, of those that there were at the beginning. */
  onProgress?: (done: number, total: number) => void;
  /** In [0, 1). */
  random?: () => number;
}

export interface CopyReport {
  /** Records read from the source, those that an earlier run of this copy has written included. */
  records: number;
  copied: number;
  /** Were there already, and equal. */
  unchanged: number;
  /** The target has a newer version, which was kept. */
  keptNewer: number;
  /** Of a random sample, with their vectors, as the target gives them back. */
  compared: number;
  /** Stopped by the signal: nothing was compared, and the same copy goes on. */
  interrupted: boolean;
}

/**
 * Copies records with their vectors as they are; nothing is decoded or embedded. Memory does not grow with the catalog. At the
 * end both sides must hold as many records, and a sample of them must be equal: COPY_DIFFERS else. A record that is written
 * to the source meanwhile may be copied as it was before, so the same copy is run again when writing is over.
 */
export async function copyCatalog(
  source: CopySource,
  target: CopyTarget,
  { signal, onProgress, random = Math.random }: CopyOptions,
): Promise<CopyReport> {
  const total = await source.count();
  const pages = source.pages(target.resumes?.after ?? null);
  const sample = createSample<StoredImage>(SAMPLED, SAMPLED, random);
  const before = target.resumes?.records ?? 0;
  const report = { records: before, copied: 0, unchanged: before, keptNewer: 0 };

  async function copyPage(images: readonly StoredImage[]): Promise<void> {
    const written = await target.write(images);
    report.records += images.length;
    report.copied += written.copied;
    report.keptNewer += written.keptNewer.length;
    report.unchanged += images.length - written.copied - written.keptNewer.length;
    const newer = new Set(written.keptNewer);
    for (const image of images) if (!newer.has(image.record.imageId)) sample.offer('', image);
    onProgress?.(report.records, total);
  }
  try {
    await inLanes(target.lanes, pages, copyPage, signal);
  } catch (error) {
    // What was written stays for the next run; when even that fails, the first error says why.
    await target.seal().catch(() => {});
    throw error;
  }
  await target.seal();
  if (signal.aborted) return { ...report, compared: 0, interrupted: true };

  await compareCounts(source, target, report.records);
  const drawn = sample.draw(SAMPLED).map(({ item }) => item);
  await compareImages(source, target, drawn);
  await target.complete();
  return { ...report, compared: drawn.length, interrupted: false };
}

/**
 * Each lane takes the next page when it has done its last one. Throws the first error, when all lanes are at rest: what
 * they write to is closed next.
 */
async function inLanes<T>(
  lanes: number,
  pages: AsyncGenerator<T>,
  work: (page: T) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const state = { failed: false };
  async function lane(): Promise<void> {
    try {
      while (!state.failed && !signal.aborted) {
        const next = await pages.next();
        if (next.done) return;
        await work(next.value);
      }
    } catch (error) {
      state.failed = true;
      throw error;
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}

async function compareCounts(source: CopySource, target: CopyTarget, read: number): Promise<void> {
  const [now, there] = await Promise.all([source.count(), target.count()]);
  if (now === read && there === read) return;
  await target.distrust();
  const counts = { read, source: now, target: there };
  if (now !== read) {
    throw differs(
      `${source.title} was written to meanwhile: it holds ${now} records, and ${read} were read; ` +
        'let nothing write to it and run the same copy again',
      counts,
    );
  }
  if (there < read) {
    throw differs(`${target.title} holds ${there} of ${read} records; run the same copy again`, counts);
  }
  throw differs(
    `${target.title} holds all ${read} records, and ${there - read} more that ${source.title} does not have; ` +
      'drop the catalog there and copy it anew if they should not be',
    counts,
  );
}

async function compareImages(source: CopySource, target: CopyTarget, sample: readonly StoredImage[]): Promise<void> {
  const found = await target.get(sample.map(({ record }) => record.imageId));
  const there = new Map(found.map((image) => [image.record.imageId, image]));
  const other = sample.find((image) => !isSame(image, there.get(image.record.imageId)));
  if (!other) return;
  await target.distrust();
  const { imageId, path } = other.record;
  const how = there.has(imageId) ? 'is another one in' : 'is not in';
  throw differs(`the record ${imageId} of ${source.title} (${path}) ${how} ${target.title}`, { imageId, path });
}

function isSame(image: StoredImage, found: StoredImage | undefined): boolean {
  return found !== undefined && isSameImage(image, found);
}

function differs(message: string, details: Record<string, unknown>): AppError {
  return new AppError('COPY_DIFFERS', message, { details });
}
