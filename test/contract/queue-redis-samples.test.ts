import { execFile, type ExecFileException } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { startRedis } from '../support/redis-server.ts';
import { claimTasks, dead, done, suiteSettings } from './task-queue/backend.ts';

const DOCS = resolve(import.meta.dirname, '../../docs');

/** A host that completes every picture but those that are called bad. */
async function startHost(): Promise<string> {
  const { url } = await startRedis();
  const plain = { catalogIdOf: async () => '6f1c1f0e-0000-4000-8000-000000000001', wait: true };
  const queue = await openRedisQueue({ url, settings: suiteSettings(), plain });
  const stopping = new AbortController();
  const working = (async () => {
    while (!stopping.signal.aborted) {
      await queue.maintain();
      const tasks = await claimTasks(queue);
      const ends = tasks.map((task) => (String(task.payload.path).includes('bad') ? dead(task) : done(task)));
      if (ends.length > 0) await queue.settle('w1', ends);
      else await queue.waitForWork(200, stopping.signal);
    }
  })();
  onTestFinished(async () => {
    stopping.abort();
    await working;
    await queue.close();
  });
  return url;
}

async function run(url: string, command: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  const env = { ...process.env, REDIS_URL: url };
  return new Promise((ended) => {
    const child = execFile(command, args, { env }, (error: ExecFileException | null, stdout) => {
      ended({ code: error ? Number(error.code) : 0, stdout });
    });
    onTestFinished(() => void child.kill('SIGKILL'));
  });
}

it('the sample for redis-cli has a picture indexed, and tells of one that cannot be', async () => {
  const url = await startHost();
  const script = join(DOCS, 'samples/push-task.sh');
  const good = await run(url, script, ['good-1', '/pictures/good.jpg']);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({ task_id: 'good-1', status: 'completed', error: null });
  const bad = await run(url, script, ['bad-1', '/pictures/bad.jpg']);
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({ status: 'failed', error: { code: 'IMAGE_CORRUPT' } });
});

it('the sample for Node has pictures indexed', async () => {
  const url = await startHost();
  const script = join(DOCS, 'samples/push-tasks.mjs');
  const { code, stdout } = await run(url, process.execPath, [script, '/pictures/good.jpg', '/pictures/bad.jpg']);
  expect(code).toBe(0);
  expect(stdout).toBe('/pictures/good.jpg completed \n/pictures/bad.jpg failed a made-up IMAGE_CORRUPT\n');
});

it('the samples stand in the documentation as they are', async () => {
  const page = await readFile(join(DOCS, 'plain-tasks.md'), 'utf8');
  for (const name of ['push-task.sh', 'push-tasks.mjs']) {
    expect(page).toContain(await readFile(join(DOCS, 'samples', name), 'utf8'));
  }
});
