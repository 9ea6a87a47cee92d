import { AppError } from '../../../src-core/domain/app-error.ts';
import { canonicalName, isUnder } from '../../../src-core/domain/identity.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { Source } from '../../../src-core/domain/import.ts';
import { isAbsent, isEmptyFolder, isNoFile } from '../../../src-core/files/look.ts';
import { isUnmounted } from '../../../src-core/files/mounts.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import type { Page } from '../../../src-core/ports/task-queue.ts';
import type { Job } from './job.ts';

/** Known files looked at in one go. */
const PAGE = 500;
/** The same where most of a folder is jumped over. */
const SHALLOW_PAGE = 50;

/**
 * Marks the files that are gone; call it after a whole walk of the source, or of the job's scope. That the walk did not
 * meet a file says little (it may lie in a folder that could not be read, or is left out by a rule now), so each one is
 * looked for. Throws SOURCE_UNAVAILABLE, and marks nothing, when the root cannot be read, is empty where files were, or
 * was a mounted drive and is none now. Files of a drive mounted below the root that is away are left as they are.
 */
export async function markMissing(job: Job): Promise<void> {
  const { source, scope } = job;
  const away = await drivesAway(job);
  if (source.kind === 'manifest') return markUnlisted(job);
  if (!scope) return markUnder(job, source.root, away);
  for (const { folder, deep } of scope) {
    if (deep) await markUnder(job, canonicalName(folder), away);
    else await markJustIn(job, canonicalName(folder), away);
  }
}

/** Throws SOURCE_UNAVAILABLE when the root was a mounted drive and is none now: what lies there is not the source. */
export async function mustBeMounted({ path, mounts }: Source): Promise<void> {
  if (!mounts.includes(path) || !(await isUnmounted(path))) return;
  throw new AppError(
    'SOURCE_UNAVAILABLE',
    `${path} was a mounted drive and is none now; if its pictures lie here for good: imagefleet sources move "${path}" "${path}"`,
  );
}

/** Canonical names of folders whose drive is away; each has a line that says so. */
async function drivesAway({ id, log, source }: Job): Promise<string[]> {
  await mustBeMounted(source);
  const away: string[] = [];
  for (const mount of source.mounts) {
    if (!(await isUnmounted(mount))) continue;
    const name = canonicalName(mount);
    const message = 'a drive was mounted here and is away; its pictures are left as they are';
    await log.record(id, [{ name, outcome: 'failed', reason: 'SOURCE_UNAVAILABLE', message }]);
    away.push(name);
  }
  return away;
}

async function markUnder(job: Job, under: string, away: readonly string[]): Promise<void> {
  for await (const files of pagesOf((cursor) => job.log.unseen(job.id, { under }, PAGE, cursor))) {
    job.signal.throwIfAborted();
    await markThoseGone(job, files, away);
  }
}

/** The files right in a folder, and all of the folders in it that are gone; the others are jumped over. */
async function markJustIn(job: Job, under: string, away: readonly string[]): Promise<void> {
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page<KnownFile> = await job.log.unseen(job.id, { under }, SHALLOW_PAGE, cursor);
    job.signal.throwIfAborted();
    const below = page.items.find(({ name }) => name.includes('/', under.length + 1));
    const child = below && below.name.slice(0, below.name.indexOf('/', under.length + 1));
    const standing = child !== undefined && !(await isAbsent(child));
    await markThoseGone(
      job,
      standing ? page.items.filter(({ name }) => !name.startsWith(`${child}/`)) : page.items,
      away,
    );
    const jump: string = `${child}/\u{10FFFF}`;
    cursor = standing && (page.next === null || page.next < jump) ? jump : page.next;
  }
}

/** Pictures of a manifest that it names no more. An empty manifest names nothing by mistake. */
async function markUnlisted(job: Job): Promise<void> {
  const { id, log, catalog } = job;
  const run = await log.getImport(id);
  if (!run || Object.values(run.counts).every((count) => count === 0)) {
    if ((await log.countKnown(catalog.id, { sourceId: job.source.id })) === 0) return;
    throw new AppError('SOURCE_UNAVAILABLE', `${job.source.path} names no picture, but did before`);
  }
  for await (const files of pagesOf((cursor) => log.unseen(id, 'source', PAGE, cursor))) {
    job.signal.throwIfAborted();
    await mark(job, files, 'not in the manifest');
  }
}

async function markThoseGone(job: Job, files: readonly KnownFile[], away: readonly string[]): Promise<void> {
  const here = files.filter(({ name }) => !away.some((folder) => isUnder(name, folder)));
  const absent = await Promise.all(here.map(({ path }) => isNoFile(path)));
  const gone = here.filter((_, index) => absent[index]);
  if (gone.length === 0) return;
  // After the files: a drive that went away while they were looked for is seen now.
  if (await isEmptyFolder(job.source.path)) throw emptied(job.source);
  await mark(job, gone);
}

/** An empty mount point looks like this, and so does a folder whose pictures were all deleted. */
export function emptied({ path }: Pick<Source, 'path'>): AppError {
  return new AppError(
    'SOURCE_UNAVAILABLE',
    `${path} is empty, but files were there; is the drive mounted? If they were deleted: imagefleet sources remove`,
  );
}

/** Marks pictures as missing, in the store first. */
export async function mark(
  { id, log, store, catalog }: Pick<Job, 'id' | 'log' | 'store' | 'catalog'>,
  files: readonly KnownFile[],
  reason?: string,
): Promise<void> {
  if (files.length === 0) return;
  const now = Date.now();
  const imageIds = files.map(({ imageId }) => imageId);
  await store.setPayload(catalog.id, [{ imageIds, patch: { missingSince: now } }]);
  const names = files.map(({ name }) => name);
  await log.markMissing(id, names, now, reason);
}
