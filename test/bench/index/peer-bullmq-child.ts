/**
 * The peer: a BullMQ worker with its defaults, which runs one job at a time. The jobs are in Redis before the clock
 * starts. Arguments: FOLDER DATABASE BULLMQ (its installed folder) PORT. Sends `{items, seconds}`.
 */
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openPeerPipeline } from './peer-pipeline.ts';

interface BullMq {
  Queue: new (
    name: string,
    options: object,
  ) => { addBulk(jobs: { name: string; data: { path: string } }[]): Promise<unknown>; close(): Promise<void> };
  Worker: new (
    name: string,
    work: (job: { data: { path: string } }) => Promise<void>,
    options: object,
  ) => { on(event: 'completed' | 'failed', listener: () => void): void; run(): Promise<void>; close(): Promise<void> };
}

const [folder = '', database = '', bullmq = '', port = ''] = process.argv.slice(2);
const { Queue, Worker } = createRequire(import.meta.url)(bullmq) as BullMq;
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
const files = await readdir(folder);
const index = await openPeerPipeline(database, 0);

const queue = new Queue('pictures', { connection });
for (let n = 0; n < files.length; n += 500) {
  await queue.addBulk(files.slice(n, n + 500).map((name) => ({ name: 'index', data: { path: join(folder, name) } })));
}
const worker = new Worker('pictures', ({ data }) => index(data.path), { connection, autorun: false });
const all = Promise.withResolvers<void>();
let completed = 0;
worker.on('completed', () => {
  if (++completed === files.length) all.resolve();
});
worker.on('failed', () => all.reject(new Error('a job failed')));

const startedAt = performance.now();
worker.run().catch(all.reject);
await all.promise;
const seconds = (performance.now() - startedAt) / 1_000;
await worker.close();
await queue.close();
process.send?.({ items: files.length, seconds });
process.disconnect?.();
