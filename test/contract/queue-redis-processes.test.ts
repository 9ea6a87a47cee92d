import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { startRedis } from '../support/redis-server.ts';
import { suiteSettings } from './task-queue/backend.ts';
import { checkProcesses } from './task-queue/processes.ts';

const WORKER = fileURLToPath(new URL('task-queue/redis-worker.ts', import.meta.url));

it('loses no task and accepts each once, while processes on one Redis are killed', { timeout: 60_000 }, async () => {
  const { url } = await startRedis();
  const queue = await openRedisQueue({ url, settings: suiteSettings() });
  onTestFinished(() => queue.close());
  await expect(checkProcesses(queue, WORKER, url)).resolves.toBeUndefined();
});
