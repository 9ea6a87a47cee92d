import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { cliInProcess } from '../support/cli.ts';
import { makePictures } from '../support/pictures.ts';
import { startServe, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 180_000 };

/** A data dir that is not there: who asks a server makes none. */
const noData = async () => join(await tempDir(), 'none');

it('asks a running server, and changes what it has', TEST, async () => {
  const dir = await tempDir();
  const folder = join(dir, 'pictures');
  await mkdir(folder);
  const [first = '', second = ''] = await makePictures(folder, 2);
  const broken = join(folder, 'broken.png');
  await writeFile(broken, 'no picture');
  const { url, token, post, stop } = await startServe(join(dir, 'data'), '--workers', '1', '--allow-root', folder);
  const none = await noData();
  const call = async (...args: string[]) => {
    const { code, stdout } = await cliInProcess(none, '--server', url, '--token', token, '--json', ...args);
    return { code, ...(JSON.parse(stdout) as object) } as Record<string, unknown>;
  };
  const text = (...args: string[]) => cliInProcess(none, '--server', `${url}/`, '--token', token, ...args);

  expect(await call('pause')).toEqual({ code: 0, paused: true, import_id: null });
  expect(await call('stats')).toMatchObject({ paused: true });
  for (const [n, path] of [first, second, broken].entries()) {
    await post('/queue/enqueue', { image_path: path, task_id: `task-${n}`, product_id: `P${n}` });
  }
  await post('/queue/enqueue', { image_path: first, task_id: 'unwanted' });
  expect(await call('cancel', 'unwanted')).toEqual({ code: 0, cancelled: 1 });
  expect(await call('resume')).toEqual({ code: 0, paused: false, import_id: null });
  await vi.waitFor(async () => {
    expect(await call('stats')).toMatchObject({ counts: { completed: 2, failed: 1, cancelled: 1 } });
  }, WAIT);

  expect(await call('workers')).toMatchObject({ workers: [{ lost: false, worker_id: expect.any(String) }] });
  expect(await call('tasks', '--state', 'failed')).toMatchObject({
    tasks: [{ id: 'task-2', state: 'failed', path: broken, error: { code: expect.any(String) } }],
  });
  expect((await call('tasks', '--limit', '2')).tasks).toHaveLength(2);
  expect(await call('monitor', '--for', '0')).toMatchObject({
    queue: { counts: { completed: 2 } },
    last_failures: [{ id: 'task-2' }],
  });

  expect(await call('search', first, '--limit', '1')).toMatchObject({ code: 0, results: [{ path: first }] });
  const found = (await call('search', '--text', 'P1')).results as { image_id: string; path: string }[];
  expect(found).toMatchObject([{ path: second }]);
  const byId = await call('search', '--id', found[0]!.image_id, '--filter', 'product_id=P0', '--filter', 'width>=1');
  expect(byId.results).toMatchObject([{ path: first }]);
  const both = await call('search', first, '--like', found[0]!.image_id);
  expect(both).toMatchObject({ code: 2, error: { message: expect.stringContaining('a server takes one file') } });
  expect((await text('search', second, '--limit', '1')).stdout).toContain('P1');

  expect(await call('retry', '--all-failed')).toMatchObject({ code: 0, retried: 1, workers: 1 });
  expect(await call('flush', '--confirm', 'other')).toMatchObject({ code: 2, error: { code: 'INVALID_INPUT' } });
  expect(await call('flush', '--confirm', 'image_indexing_queue')).toEqual({ code: 0, removed: 4 });
  await expect(access(none)).rejects.toThrow('ENOENT');
  await stop();
});

it('ends as the same error of the backends would', TEST, async () => {
  const { url, token, stop } = await startServe(await tempDir(), '--workers', '0');
  const none = await noData();
  const at = (...args: string[]) => cliInProcess(none, '--server', url, ...args);
  const unknown = await at('--token', token, 'retry', 'no-such-task');
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no task no-such-task') });
  const wrong = await at('--token', 'another-token-than-that', '--json', 'stats');
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
  for (const command of [['worker'], ['token'], ['serve']]) {
    const refused = await at('--token', token, ...command);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`cannot be asked of the server ${url}`) });
  }
  await stop();
  const away = await at('--token', token, 'stats');
  expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining(`the server ${url} cannot be reached`) });
});

it.each([
  ['no address', ['--server', 'here', 'stats'], 'is no address like'],
  ['another protocol', ['--server', 'ftp://localhost', 'stats'], 'is no address like'],
  ['a token for nobody', ['--token', 'abc', 'stats'], '--token is for a server'],
])('refuses %s', async (_what, args, message) => {
  const refused = await cliInProcess(await tempDir(), ...args);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});
