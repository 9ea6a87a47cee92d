import { Queue, Worker } from 'bullmq';
import type { OpenSystem } from './system.ts';

/** As ours are kept. */
const KEEP = { age: 86_400 };

/**
 * BullMQ for the same service: completed jobs are kept for a day, no job has an id of its own, and each worker works on
 * so many jobs at a time; its own default is one. Measured: dropping completed jobs at once saves it a tenth of the CPU.
 */
export const openBullmq =
  (concurrency: number): OpenSystem =>
  async (url, name) => {
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
          const options = { connection, concurrency, autorun: false, removeOnComplete: KEEP };
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
