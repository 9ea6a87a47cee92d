import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface BenchServer {
  port: number;
  /** Resident bytes, after a collection. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** A server in a process of its own. `redis` empty: the embedded queue. */
export async function startServer(
  kind: 'ours' | 'bare',
  redis: string,
  data: string,
  root: string,
): Promise<BenchServer> {
  const child = fork(join(import.meta.dirname, 'server-child.ts'), [kind, redis, data, root], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const [{ port }] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the server ended'))),
  ])) as [{ port: number }];
  return {
    port,
    async memory() {
      child.send('memory');
      const [{ rss }] = (await once(child, 'message')) as [{ rss: number }];
      return rss;
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
