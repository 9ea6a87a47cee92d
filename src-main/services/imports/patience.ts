import { setTimeout as sleep } from 'node:timers/promises';
import { type AppError, type ErrorCode, isBackendTrouble, toAppError } from '../../../src-core/domain/app-error.ts';
import type { ImportRun } from '../../../src-core/domain/import.ts';
import { backoffDelay } from '../../../src-core/domain/task.ts';
import type { ImportsDeps, ImportTiming, RunOptions } from './job.ts';
import { reconcile } from './settle.ts';

/** Trouble that is nobody's fault and may pass: an import waits for its end and goes on. */
export function mayPass(error: AppError): boolean {
  return error.code === 'SOURCE_UNAVAILABLE' || isBackendTrouble(error);
}

/** What failed only because its source was away. */
const FOR_THE_SOURCES_SAKE = ['FILE_NOT_FOUND', 'NO_WORKER_SEES_IT'] as const satisfies ErrorCode[];

/**
 * Does `attempt` until it succeeds, waiting longer and longer while something is away; the signal ends that. Any
 * other trouble is thrown, and with `impatient` all.
 */
export async function untilItPasses(
  attempt: () => Promise<void>,
  timing: ImportTiming,
  { signal, impatient, onWaiting }: RunOptions,
  lastKnown: () => ImportRun,
  onProgress: (run: ImportRun) => void,
): Promise<void> {
  for (let times = 1; ; times++) {
    const began = performance.now();
    try {
      return await attempt();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (impatient || !mayPass(error)) throw error;
      // An attempt that went well for a while starts the waits anew.
      if (performance.now() - began > timing.retryCapMs) times = 1;
      onWaiting?.(error);
      // The log may not be able to say so: its disk may be the full one.
      onProgress({ ...lastKnown(), state: 'waiting', reason: error.code });
      const ms = backoffDelay(times, { baseMs: timing.retryMs, capMs: timing.retryCapMs }, Math.random());
      await sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined);
      if (signal?.aborted) return;
    }
  }
}

/** Writes down that an import waits; its tasks rest too when their files are what is away. */
export async function startWaiting({ log, queue }: ImportsDeps, importId: string, error: AppError): Promise<void> {
  try {
    await log.setState(importId, 'waiting', error.code);
    if (error.code === 'SOURCE_UNAVAILABLE') await queue.setPaused(true, importId);
  } catch (second) {
    if (!mayPass(toAppError(second))) throw second;
  }
}

/** Lets an import that waited go on; what failed because its source was away, and is back, is tried again. */
export async function stopWaiting(deps: ImportsDeps, run: ImportRun): Promise<void> {
  const { log, queue } = deps;
  if (run.reason === 'SOURCE_UNAVAILABLE') {
    // Some may have failed since nobody follows them.
    await reconcile(deps, run.id, ['open']);
    if ((await log.reopen(run.id, FOR_THE_SOURCES_SAKE)) > 0) {
      await queue.retry({ importId: run.id, states: ['failed'], codes: [...FOR_THE_SOURCES_SAKE] });
    }
  }
  // Whatever the reason: another trouble may have come while the source was away.
  await queue.setPaused(false, run.id);
  await log.setState(run.id, run.walked ? 'draining' : 'walking');
}
