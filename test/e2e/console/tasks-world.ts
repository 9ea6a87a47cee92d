import { openQueue } from '../../../src-core/open-backends.ts';
import { AppError, toWire, type ErrorCode } from '../../../src-core/domain/app-error.ts';
import type { TaskOutcome } from '../../../src-core/domain/task.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { quickSettings } from '../../support/fleet-settings.ts';

const WORKER = 'studio-7';
const CATALOG = '0d0c4d1e-6f5a-4a53-8f0e-3a7b2b1c9d10';

const FAILURES: readonly [ErrorCode, (path: string) => string][] = [
  ['FILE_NOT_FOUND', (path) => `${path}: no such file`],
  ['IMAGE_CORRUPT', (path) => `${path}: the data ends before the picture does`],
  ['IMAGE_TOO_LARGE', (path) => `${path}: 412 megapixels, 268 are allowed`],
];

/** Fills the queue of a data dir that no server has open: `count` tasks that wait, and before them `settled` that ran. */
export async function fillQueue(dataDir: string, count: number, settled = 0): Promise<void> {
  const queue = await openQueue(quickSettings(), await openDataDir(dataDir));
  try {
    await queue.enqueue(Array.from({ length: settled }, (_, n) => newTask(n)));
    for (let done = 0; done < settled;) {
      const claim = { workerId: WORKER, claimId: `claim-${done}`, max: 256, leaseMs: 60_000 };
      const { tasks } = await queue.claim(claim);
      await queue.settle(
        WORKER,
        tasks.map(({ id, version, payload }) => ({
          taskId: id,
          version,
          timings: { read: 3.2, decode: 21.7, embed: 6.1, upsert: 1.4 },
          ...outcomeOf(Number(id.slice(5)), String(payload['path'])),
        })),
      );
      done += tasks.length;
    }
    await queue.enqueue(Array.from({ length: count }, (_, n) => newTask(settled + n)));
  } finally {
    await queue.close();
  }
}

function newTask(n: number) {
  return { id: `task-${n}`, catalogId: CATALOG, payload: { path: pathOf(n) } };
}

function pathOf(n: number): string {
  return `/photos/2024/spring/shoot-${String(Math.floor(n / 500)).padStart(3, '0')}/picture-${String(n).padStart(6, '0')}.jpg`;
}

/** Of ten, six are completed, three have failed for good, and one is delayed. */
function outcomeOf(n: number, path: string): TaskOutcome {
  const failure = FAILURES[n % 10];
  if (failure) return { outcome: 'dead', error: toWire(new AppError(failure[0], failure[1](path))) };
  if (n % 10 === 3)
    return { outcome: 'retry', error: toWire(new AppError('STORE_UNAVAILABLE', 'connect ECONNREFUSED')) };
  return { outcome: 'done', result: { bytes: 1_234_567 + n } };
}
