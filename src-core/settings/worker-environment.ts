import type { Settings } from './schema.ts';

/**
 * What a worker process must find in its environment when it starts, because libuv and glibc read it only once.
 * `cores` and `workers` are those of this host.
 *
 * Decoding runs in libuv's pool beside the inference that blocks the main thread, so the pool's size is how many
 * pictures are decoded at a time. A worker of its own core still gets two: one of them may wait for the disk.
 * Two malloc arenas instead of eight per core keep sharp's short-lived buffers from fragmenting glibc's heap.
 */
export function workerEnvironment(settings: Settings, cores: number, workers: number): Record<string, string> {
  const { decodeConcurrency } = settings.batch;
  const share = Math.ceil(cores / Math.max(1, workers)) + 1;
  const threads = decodeConcurrency === 'auto' ? share : decodeConcurrency;
  return { UV_THREADPOOL_SIZE: String(threads), MALLOC_ARENA_MAX: '2' };
}
