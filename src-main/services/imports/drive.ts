import { setTimeout as sleep } from 'node:timers/promises';
import { discovered, type LedgerLine } from '../../../src-core/domain/import.ts';
import { isEmptyFolder } from '../../../src-core/files/look.ts';
import { admit } from './admit.ts';
import { createBulkLoad, endBulkLoad } from './bulk-load.ts';
import { failUnmetEntries, findFiles } from './find-files.ts';
import type { Job } from './job.ts';
import { emptied, markMissing, mustBeMounted } from './missing.ts';
import { recordMoves } from './moves.ts';
import { applySidecars } from './sidecars.ts';
import { createFollower, reconcile } from './settle.ts';

/**
 * Drives an import to its end: finds its files, gives them tasks, follows the tasks, then tells what is missing and what
 * was moved. It may stop anywhere and be driven again by anybody; every step does nothing the second time. Resolves early
 * when the import is cancelled; rejects with the signal's reason, SOURCE_UNAVAILABLE, or what a backend throws.
 */
export async function drive(outer: Job): Promise<void> {
  const stop = new AbortController();
  const job = { ...outer, signal: AbortSignal.any([outer.signal, stop.signal]) };
  const follow = createFollower(job, job.id);
  await follow(); // before the first task, so that no fact is older than the cursor
  const halves = [advance(job), followUntilCancelled(job, follow)];
  try {
    await Promise.race(halves);
  } finally {
    stop.abort();
    await Promise.allSettled(halves);
  }
}

async function followUntilCancelled(job: Job, follow: () => Promise<boolean>): Promise<void> {
  let lookedAt = performance.now();
  for (;;) {
    const news = await follow();
    const run = await job.log.getImport(job.id);
    if (run?.state === 'cancelled') return;
    if (performance.now() - lookedAt > job.timing.lookMs) {
      await lookAtSource(job);
      lookedAt = performance.now();
    }
    if (run) job.onProgress(run);
    if (!news) await sleep(job.timing.pollMs, undefined, { signal: job.signal });
    job.signal.throwIfAborted();
  }
}

async function advance(job: Job): Promise<void> {
  if (!job.run.walked) {
    await lookAtSource(job);
    await admitAll(job);
    await markMissing(job);
    if (!job.scope) await failUnmetEntries(job);
    await lookAtSource(job); // a walk passes over what goes away under it, and never comes again
    await job.log.setWalked(job.id);
  }
  await healUnknown(job);
  await untilOpen(job, 1);
  await lookAtSource(job); // a drive that went away meanwhile must not pass for files that are gone
  await recordMoves(job);
  await applySidecars(job);
  await endBulkLoad(job);
  await job.log.clearManifest(job.id);
  await job.log.setState(job.id, 'completed');
  await job.log.trimLedgers(job.source.id, job.settings.imports.keepLedgers);
}

/** Throws SOURCE_UNAVAILABLE when the source is not there, not mounted, or is empty though files were found in it. */
export async function lookAtSource({ id, source, catalog, log }: Job): Promise<void> {
  await mustBeMounted(source);
  if (!(await isEmptyFolder(source.path))) return;
  const { items } = await log.known(catalog.id, { under: source.root, missing: false }, 1);
  const run = await log.getImport(id);
  if (items.length > 0 || (run && discovered(run.counts) > 0)) throw emptied(source);
}

async function admitAll(job: Job): Promise<void> {
  // Lines that were open before may have lost their tasks, and then wait for this very walk.
  const before = (await job.log.getImport(job.id))?.counts.open ?? 0;
  const look = createBulkLoad(job);
  for await (const batch of findFiles(job)) {
    await untilOpen(job, before + job.timing.maxOpen);
    await admit(job, batch);
    await look();
  }
}

/** Waits until fewer than `count` tasks are open and the import is not paused. */
async function untilOpen({ id, log, timing, signal }: Job, count: number): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const run = await log.getImport(id);
    if (run && run.state !== 'paused' && run.state !== 'cancelled' && run.counts.open < count) return;
    await sleep(timing.pollMs, undefined, { signal });
  }
}

/**
 * A queue that lost its last moments (a power cut) or trimmed a finished task no longer knows tasks of open lines. Their
 * files are found again by another walk, which enqueues them anew; what is still unknown then is gone.
 */
async function healUnknown(job: Job): Promise<void> {
  let lost = 0;
  await reconcile(job, job.id, ['open'], (lines) => {
    lost += lines.length;
  });
  if (lost === 0) return;
  await admitAll(job);
  await reconcile(job, job.id, ['open'], (lines) => job.log.record(job.id, lines.map(goneBeforeIndexed)));
}

function goneBeforeIndexed({ name }: LedgerLine) {
  const message = 'it was gone before it was indexed';
  return { name, outcome: 'failed', reason: 'FILE_NOT_FOUND', message } as const;
}
