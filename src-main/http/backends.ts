import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '../../src-core/domain/app-error.ts';
import type { Console } from '../console.ts';

/** Who asks whether a backend is there must not wait for one that hangs. */
const PATIENCE_MS = 2_000;

/** `error`: what is wrong with it; null: nothing. `latencyMs`: how long a small question took; null without an answer. */
interface Look<T> {
  error: AppError | null;
  latencyMs: number | null;
  answer: T | null;
}

export interface BackendHealth {
  queue: Pick<Look<unknown>, 'error' | 'latencyMs'>;
  /** The answer: bytes of the store, where it says. */
  store: Look<number | null>;
}

export async function checkBackends(console: Pick<Console, 'queue' | 'store'>): Promise<BackendHealth> {
  const [queue, store] = await Promise.all([
    look(
      () => console.queue(),
      (opened) => opened.stats(),
      'QUEUE_UNAVAILABLE',
    ),
    look(
      () => console.store(),
      async (opened) => {
        const [bytes] = await Promise.all([opened.usedBytes(), opened.catalogs()]);
        return bytes;
      },
      'STORE_UNAVAILABLE',
    ),
  ]);
  return { queue, store };
}

function failed(error: AppError): Look<never> {
  return { error, latencyMs: null, answer: null };
}

async function look<B, T>(
  open: () => Promise<B>,
  ask: (opened: B) => Promise<T>,
  code: 'QUEUE_UNAVAILABLE' | 'STORE_UNAVAILABLE',
): Promise<Look<T>> {
  const over = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: over.signal }).then(
    () => failed(new AppError(code, `no answer within ${PATIENCE_MS} ms`)),
    () => failed(new AppError(code, 'aborted')), // nobody waits for it any more
  );
  const asked = async (): Promise<Look<T>> => {
    const opened = await open();
    const from = performance.now();
    const answer = await ask(opened);
    return { error: null, latencyMs: performance.now() - from, answer };
  };
  const result = await Promise.race([asked().catch((error: unknown) => failed(toAppError(error, code))), late]);
  over.abort();
  return result;
}
