import { DatabaseSync } from 'node:sqlite';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { openQdrantVectors } from '../../src-core/adapters/vectors-qdrant/open-qdrant-vectors.ts';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import type { Settings } from '../../src-core/settings/schema.ts';
import { startCutProxy } from '../support/cut-proxy.ts';
import { startQdrantDouble } from '../support/qdrant-double/start.ts';
import type { Random } from '../support/random.ts';
import { startRedis } from '../support/redis-server.ts';

/** What queue and store a crash test runs on, and what harm can be done to those. */
export interface ChaosBackends {
  /** For the processes of the program. */
  env: NodeJS.ProcessEnv;
  openQueue(settings: Settings): Promise<TaskQueue>;
  openStore(): Promise<VectorStore>;
  /** Throws when something on disk is damaged. */
  check(): void;
  harms: Readonly<Record<string, () => Promise<void>>>;
}

/** SQLite files in the data dir: they die with the processes that have them open. */
export function embeddedBackends(dataDir: string): ChaosBackends {
  return {
    env: {},
    openQueue: (settings) => openSqliteQueue({ path: join(dataDir, 'queue.db'), settings }),
    openStore: () => openSqliteVectors({ path: join(dataDir, 'vectors.db') }),
    check: () => checkDatabases(dataDir, ['queue.db', 'vectors.db', 'imports.db']),
    harms: {},
  };
}

type AtEnd = (stop: () => Promise<void>) => void;

/**
 * A real Redis server that writes each command to disk, behind a proxy that cuts connections, and the Qdrant double, whose
 * port closes for a while. `storeDownMs` and `redisDownMs`: for how long at most.
 */
export async function serverBackends(
  dataDir: string,
  options: { random: Random; storeDownMs: number; redisDownMs: number; atEnd: AtEnd },
): Promise<ChaosBackends> {
  const { random, storeDownMs, redisDownMs, atEnd } = options;
  const dir = join(dataDir, '..', 'redis');
  await mkdir(dir);
  const redis = await startRedis({
    dir,
    args: ['--appendonly', 'yes', '--appendfsync', 'always'],
    atEnd,
  });
  const proxy = await startCutProxy(redis.port, atEnd);
  const qdrant = await startQdrantDouble();
  atEnd(() => qdrant.stop());
  return {
    env: { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, QDRANT_URL: qdrant.url },
    // Not through the proxy: this is the eye that looks on.
    openQueue: (settings) => openRedisQueue({ url: redis.url, settings }),
    openStore: () => openQdrantVectors({ url: qdrant.url, timeoutMs: 10_000, quantization: 'int8', onDisk: false }),
    check: () => checkDatabases(dataDir, ['imports.db']),
    harms: {
      async redisKills() {
        await redis.kill('SIGKILL');
        await sleep(random.below(redisDownMs));
        await redis.restart();
      },
      async storeOutages() {
        await qdrant.faults.down(storeDownMs);
        await sleep(storeDownMs);
      },
      /** In the middle of a request, or of a reply, of whoever talks next. */
      async cuts() {
        const bytes = random.below(400);
        await proxy.cutOnce(random.below(2) === 0 ? { afterRequestBytes: bytes } : { afterReplyBytes: bytes });
      },
    },
  };
}

function checkDatabases(dataDir: string, names: readonly string[]): void {
  for (const name of names) {
    const db = new DatabaseSync(join(dataDir, name), { timeout: 5_000 });
    const verdict = db.prepare('PRAGMA quick_check').get() as { quick_check: string };
    db.close();
    if (verdict.quick_check !== 'ok') throw new Error(`${name} is damaged: ${verdict.quick_check}`);
  }
}
