import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { cliInProcess } from '../support/cli.ts';
import { makePictures } from '../support/pictures.ts';
import { startRedis } from '../support/redis-server.ts';
import { startProgram, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 180_000 };

const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('tells what is in the queue, who failed last, and flushes it', TEST, async () => {
  const data = await tempDir();
  const folder = join(data, 'pictures');
  await mkdir(folder);
  await makePictures(folder, 2);
  const broken = join(folder, 'broken.png');
  await writeFile(broken, 'no picture');
  const indexing = startProgram(join(data, 'data'), 'index', folder, '--workers', '1');
  expect((await indexing.ended).code).toBe(0);

  const call = (...args: string[]) => cliInProcess(join(data, 'data'), ...args);
  const { code, stdout } = await call('monitor', '--for', '0', '--json');
  expect(code).toBe(0);
  expect(lines(stdout)).toMatchObject([
    { queue: { counts: { completed: 2, failed: 1 } }, rate: null, last_failures: [{ path: broken }] },
  ]);
  const plain = await call('monitor', '--for', '0');
  expect(plain.stdout).toMatch(/ 2 completed, 1 failed, .*\n {2}failed {2}\w+ {2}\S+broken\.png /);

  const other = await call('flush', '--confirm', 'other');
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('"image_indexing_queue", not "other"') });
  const none = await call('flush');
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--confirm') });
  expect((await call('flush', '--confirm', 'image_indexing_queue')).stdout).toBe('Removed 3 tasks.\n');
  expect(JSON.parse((await call('tasks', '--json')).stdout)).toEqual({ tasks: [] });
});

it('goes on while a backend is away, and ends with Ctrl-C', TEST, async () => {
  const redis = await startRedis();
  const monitor = startProgram(await tempDir(), 'monitor', '--every', '1', '--json', '--redis', redis.url);
  const last = () => lines(monitor.output().stdout.replace(/[^\n]*$/, '')).at(-1);
  await vi.waitFor(() => expect(last()).toMatchObject({ queue: { paused: false } }), WAIT);
  await redis.stop();
  await vi.waitFor(() => expect(last()).toMatchObject({ error: { code: 'QUEUE_UNAVAILABLE' } }), WAIT);
  monitor.child.kill('SIGINT');
  expect((await monitor.ended).code).toBe(0);
});

it('ends at once when the backend is away at the start', TEST, async () => {
  // Nobody listens on the port of "discard".
  const { code, stdout } = await cliInProcess(await tempDir(), 'monitor', '--redis', 'redis://127.0.0.1:9');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
});
