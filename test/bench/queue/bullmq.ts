import { Queue, Worker } from 'bullmq';
import type { OpenSystem } from './system.ts';

/** Jobs that one of its workers has in hand, as many as a claim of ours: with one at a time it is several times slower. */
const CONCURRENCY = 16;

/**
 * BullMQ at its best: completed jobs are dropped at once (ours are kept for a day), a worker works on sixteen jobs at a
 * time, and no job has an id of its own.
 */
export const openBullmq: OpenSystem = async (url, name) => {
  const { hostname: host, port } = new URL(url);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  return {
    async enqueue(tasks) {
      const [first] = tasks;
      if (tasks.length === 1 && first) await queue.add('index', first);
      else await queue.addBulk(tasks.map((data) => ({ name: 'index', data })));
    },
    async consume(consumers, heard) {
      const workers = Array.from({ length: consumers }, () => {
        const options = { connection, concurrency: CONCURRENCY, autorun: false, removeOnComplete: { count: 0 } };
        const worker = new Worker(name, async (job) => heard.begun((job.data as { id: string }).id), options);
        worker.on('completed', () => heard.settled(1));
        return worker;
      });
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      const running: Promise<void>[] = [];
      return {
        start: () => void running.push(...workers.map((worker) => worker.run())),
        async stop() {
          await Promise.all(workers.map((worker) => worker.close()));
          await Promise.all(running);
        },
      };
    },
    close: () => queue.close(),
  };
};
