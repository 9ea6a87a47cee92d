import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { beforeAll, onTestFinished } from 'vitest';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { auditBuckets } from '../support/redis-audit.ts';
import { startRedis } from '../support/redis-server.ts';
import { suiteSettings, type QueueBackend } from './task-queue/backend.ts';
import { testTaskQueueProperties, type ExactQueueBackend } from './task-queue/properties.ts';
import { testTaskQueue } from './task-queue/suite.ts';

let url = '';
let server: Redis;
beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'imagefleet-redis-'));
  const redis = await startRedis({ dir, atEnd: () => undefined });
  url = redis.url;
  server = new Redis(url);
  return async () => {
    server.disconnect();
    await redis.stop();
    await rm(dir, { recursive: true });
  };
});

/** The server's own clock, which really runs. */
async function openBackend(): Promise<QueueBackend> {
  const name = `queue-${randomUUID()}`;
  return {
    async open(overrides) {
      const queue = await openRedisQueue({ url, settings: suiteSettings({ name, ...overrides }) });
      onTestFinished(() => queue.close());
      return queue;
    },
    advance: (ms) => pass(ms),
  };
}

async function openExactBackend(): Promise<ExactQueueBackend> {
  // An audit looks at every key.
  await server.flushall();
  const name = `queue-${randomUUID()}`;
  // The middle of a minute, so that short times stay within it.
  let now = Date.UTC(2026, 0, 1, 12, 0, 20);
  return {
    now: () => now,
    audit: () => auditBuckets(server, name),
    async open(overrides) {
      const queue = await openRedisQueue({ url, settings: suiteSettings({ name, ...overrides }), now: () => now });
      onTestFinished(() => queue.close());
      return queue;
    },
    async advance(ms) {
      now += ms;
    },
  };
}

testTaskQueue('redis', openBackend);
testTaskQueueProperties('redis', openExactBackend);
