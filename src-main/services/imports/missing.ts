import { AppError } from '../../../src-core/domain/app-error.ts';
import { isAbsent, isEmptyFolder } from '../../../src-core/files/look.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import type { Job } from './job.ts';

/** Known files looked at in one go. */
const PAGE = 500;

/**
 * Marks the files that are gone; call it after a whole walk. That the walk did not meet a file says little (it may lie in
 * a folder that could not be read, or is hidden now), so each one is looked for. Throws SOURCE_UNAVAILABLE, and marks
 * nothing, when the root cannot be read or is empty where files were: a drive that is not mounted looks like that.
 */
export async function markMissing(job: Job): Promise<void> {
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: KnownFile[]; next: string | null } = await job.log.unseen(job.id, PAGE, cursor);
    job.signal.throwIfAborted();
    if (page.items.length > 0) await markThoseGone(job, page.items);
    cursor = page.next;
  }
}

async function markThoseGone({ id, log, store, catalog, source }: Job, files: readonly KnownFile[]): Promise<void> {
  const absent = await Promise.all(files.map(({ path }) => isAbsent(path)));
  const gone = files.filter((_, index) => absent[index]);
  if (gone.length === 0) return;
  // After the files: a drive that went away while they were looked for is seen now.
  if (await isEmptyFolder(source.path)) {
    throw new AppError('SOURCE_UNAVAILABLE', `${source.path} is empty, but files were there; is the drive mounted?`);
  }
  const now = Date.now();
  const imageIds = gone.map(({ imageId }) => imageId);
  await store.setPayload(catalog.id, [{ imageIds, patch: { missingSince: now } }]);
  const names = gone.map(({ name }) => name);
  await log.markMissing(id, names, now);
}
