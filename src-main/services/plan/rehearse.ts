import { setTimeout as sleep } from 'node:timers/promises';
import { parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { indexPayload } from '../../../src-core/domain/index-task.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { Task, TaskFilter } from '../../../src-core/domain/task.ts';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { admit, type Picture } from '../imports/admit.ts';
import { createFollower } from '../imports/settle.ts';
import type { Rehearsal } from './estimate.ts';
import { jobIn, type Scratch } from './scratch.ts';

export type Sampled = { stratum: string; item: Picture };

export interface RehearseOptions {
  signal: AbortSignal;
  /** The sample is cut short this long after its first result. */
  limitMs: number;
  onProgress: (done: number, of: number) => void;
}

/** Workers that gave no result in this time will say nothing of a run. */
const PATIENCE_MS = 60_000;
const PAGE = 1_000;

/**
 * Indexes a sample in a catalog of the scratch, as a run indexes all: the same workers and settings, the same way from
 * file to ledger. Answers null when nothing came of it in time. Throws the signal's reason, and what a fleet throws that
 * can never run.
 */
export async function rehearse(
  scratch: Scratch,
  sample: readonly Sampled[],
  { signal, limitMs, onProgress }: RehearseOptions,
): Promise<Rehearsal | null> {
  const { imports, queue, settings } = scratch;
  const catalog = await scratch.ensureCatalog('sample');
  const run = await imports.start({ catalogId: catalog.id, path: scratch.folder });
  const job = await jobIn(scratch, run, catalog, { signal });
  const follow = createFollower(job, run.id);
  await follow(); // before the first task, so that no fact is older than the cursor

  // The queue's own clock, which is this machine's: results are timed by it.
  const began = Date.now();
  const since = (): number => Date.now() - began;
  const workers = await scratch.startWorkers();
  try {
    const { batch } = settings.imports;
    const admitBegan = performance.now();
    for (let start = 0; start < sample.length; start += batch) {
      await admit(
        job,
        sample.slice(start, start + batch).map(({ item }) => item),
      );
    }
    const admitMs = performance.now() - admitBegan;
    let firstMs: number | null = null;
    for (;;) {
      signal.throwIfAborted();
      const news = await follow();
      const { counts } = await imports.status(run.id);
      const done = sample.length - counts.open;
      onProgress(done, sample.length);
      if (done > 0) firstMs ??= since();
      if (counts.open === 0 || since() - (firstMs ?? Infinity) > limitMs) break;
      if (firstMs === null && since() > PATIENCE_MS) return null;
      if (!news) await Promise.race([sleep(job.timing.pollMs, undefined, { signal }), workers.failed]);
    }
    const elapsedMs = since();
    const tasks = (await finishedTasks(queue, run.id)).filter(({ finishedAt }) => finishedAt - began <= elapsedMs);
    const settled = tasks.map(({ finishedAt }) => finishedAt - began).toSorted((a, b) => a - b);
    const startUpMs = settled[0];
    if (startUpMs === undefined) return null;
    return { elapsedMs, startUpMs, admitMs, admitted: sample.length, settled, efforts: effortsOf(tasks, sample) };
  } finally {
    await workers.kill();
  }
}

type FinishedTask = Task & { finishedAt: number };

async function finishedTasks(queue: TaskQueue, importId: string): Promise<FinishedTask[]> {
  const tasks: Task[] = [];
  const filter: TaskFilter = { importId, states: ['completed', 'failed'] };
  for await (const page of pagesOf((cursor) => queue.list(filter, PAGE, cursor))) tasks.push(...page);
  return tasks.filter((task): task is FinishedTask => task.finishedAt !== null);
}

/** Time in all stages of the pipeline, by stratum. */
function effortsOf(tasks: readonly Task[], sample: readonly Sampled[]): Map<string, number[]> {
  const strata = new Map(sample.map(({ stratum, item }) => [item.name, stratum]));
  const efforts = new Map<string, number[]>();
  for (const { id, payload, timings } of tasks) {
    const { canonicalName } = parseOrThrow(indexPayload, payload, `task ${id}`, 'INTERNAL');
    const stratum = strata.get(canonicalName);
    if (stratum === undefined) continue;
    const effort = Object.values(timings ?? {}).reduce((sum, ms) => sum + ms, 0);
    const list = efforts.get(stratum);
    if (list) list.push(effort);
    else efforts.set(stratum, [effort]);
  }
  return efforts;
}
