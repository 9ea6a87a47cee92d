import { Redis } from 'ioredis';

export interface RedisCosts {
  /** CPU time of the server so far, user and system, in µs. */
  cpuUs(): Promise<number>;
  /** Bytes of its data and its buffers. */
  memory(): Promise<number>;
  /** Empties it. */
  clear(): Promise<void>;
  close(): void;
}

/** Watches what a Redis server spends. */
export function watchCosts(url: string): RedisCosts {
  const client = new Redis(url);
  const number = async (section: string, name: string): Promise<number> =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(await client.info(section))?.[1]);
  return {
    cpuUs: async () => ((await number('cpu', 'used_cpu_user')) + (await number('cpu', 'used_cpu_sys'))) * 1e6,
    memory: () => number('memory', 'used_memory'),
    async clear() {
      await client.flushall('SYNC');
    },
    close: () => client.disconnect(),
  };
}
