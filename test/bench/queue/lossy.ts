import { Redis } from 'ioredis';
import type { BenchTask, OpenSystem } from './system.ts';

const DAY_S = 86_400;

/**
 * The floor of the protocol: `RPUSH`, `BLPOP` and `SETEX` of a status. A consumer that dies loses its task, and nothing
 * is counted, retried or leased.
 */
export const openLossy: OpenSystem = async (url, name) => {
  const producer = new Redis(url);
  return {
    async enqueue(tasks) {
      await producer.rpush(name, ...tasks.map((task) => JSON.stringify(task)));
    },
    async consume(consumers, heard) {
      const clients = Array.from({ length: consumers }, () => new Redis(url, { maxRetriesPerRequest: null }));
      await Promise.all(clients.map((client) => client.ping()));
      const stopping = new AbortController();

      async function work(client: Redis): Promise<void> {
        while (!stopping.signal.aborted) {
          const popped = await client.blpop(name, 0.2);
          if (!popped) continue;
          const { id } = JSON.parse(popped[1]) as BenchTask;
          heard.begun(id);
          await client.setex(`task_status:${id}`, DAY_S, JSON.stringify({ task_id: id, status: 'completed' }));
          heard.settled(1);
        }
      }

      const running: Promise<void>[] = [];
      return {
        start: () => void running.push(...clients.map(work)),
        async stop() {
          stopping.abort();
          await Promise.all(running);
          for (const client of clients) client.disconnect();
        },
      };
    },
    async close() {
      producer.disconnect();
    },
  };
};
