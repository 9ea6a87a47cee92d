// Has pictures indexed and waits for the end of it. Usage: node push-tasks.mjs /absolute/path.jpg …
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';

const redis = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379');
const tasks = process.argv.slice(2).map((path) => ({ task_id: randomUUID(), image_path: path }));
await redis.rpush('image_indexing_queue', ...tasks.map((task) => JSON.stringify(task)));
for (const { task_id: id, image_path: path } of tasks) {
  let task = null;
  while (!['completed', 'failed', 'cancelled'].includes(task?.status)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    task = JSON.parse(await redis.get(`task_status:${id}`));
  }
  process.stdout.write(`${path} ${task.status} ${task.error?.message ?? ''}\n`);
}
redis.disconnect();
