import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, startRedis, type RedisServer } from './redis-server.ts';
import { tempDir } from './temp-dir.ts';

export interface RedisSentinel {
  /** redis+sentinel://…/main */
  url: string;
  master: RedisServer;
  replica: RedisServer;
  sentinel: RedisServer;
  /** Makes the replica the master, in order; resolves when the sentinel says so. */
  failOver(): Promise<void>;
}

const PATIENCE_MS = 30_000;

/** A master, its replica and one sentinel that watches both. */
export async function startSentinel(): Promise<RedisSentinel> {
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
  const port = await freePort();
  const dir = await tempDir();
  const config = join(dir, 'sentinel.conf');
  const lines = [
    `sentinel monitor main 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds main 1000',
    'sentinel failover-timeout main 5000',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const sentinel = await startRedis({ dir, port, args: ['--sentinel'], config });
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true });
  await client.connect();
  try {
    await until(
      () => client.call('SENTINEL', 'REPLICAS', 'main') as Promise<unknown[]>,
      (replicas) => replicas.some((text) => JSON.stringify(text).includes('"master-link-status","ok"')),
    );
  } finally {
    client.disconnect();
  }

  return {
    url: `redis+sentinel://127.0.0.1:${port}/main`,
    master,
    replica,
    sentinel,
    async failOver() {
      const client = new Redis(port, '127.0.0.1');
      try {
        await client.call('SENTINEL', 'FAILOVER', 'main');
        await until(
          () => client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main') as Promise<string[]>,
          ([, at]) => at === String(replica.port),
        );
      } finally {
        client.disconnect();
      }
    },
  };
}

async function until<T>(ask: () => Promise<T>, isAnswer: (answer: T) => boolean): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!isAnswer(await ask())) {
    if (performance.now() > giveUpAt) throw new Error('the sentinel does not see what it should');
    await sleep(50);
  }
}
