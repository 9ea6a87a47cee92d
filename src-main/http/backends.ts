import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '../../src-core/domain/app-error.ts';
import type { Console } from '../console.ts';

/** Who asks whether a backend is there must not wait for one that hangs. */
const PATIENCE_MS = 2_000;

/** What is wrong with each backend; null: nothing. */
export interface BackendHealth {
  queue: AppError | null;
  store: AppError | null;
}

export async function checkBackends(console: Pick<Console, 'queue' | 'store'>): Promise<BackendHealth> {
  const [queue, store] = await Promise.all([
    trouble(async () => (await console.queue()).stats(), 'QUEUE_UNAVAILABLE'),
    trouble(async () => (await console.store()).catalogs(), 'STORE_UNAVAILABLE'),
  ]);
  return { queue, store };
}

async function trouble(
  use: () => Promise<unknown>,
  code: 'QUEUE_UNAVAILABLE' | 'STORE_UNAVAILABLE',
): Promise<AppError | null> {
  const over = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: over.signal }).then(
    () => new AppError(code, `no answer within ${PATIENCE_MS} ms`),
    () => null, // aborted
  );
  const used = use().then(
    () => null,
    (error: unknown) => toAppError(error, code),
  );
  const result = await Promise.race([used, late]);
  over.abort();
  return result;
}
