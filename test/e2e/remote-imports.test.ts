import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { expect, it, vi } from 'vitest';
import { cliInProcess } from '../support/cli.ts';
import { makePictures } from '../support/pictures.ts';
import { said, startProgram, startServe, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 180_000 };

/** A data dir that is not there: who asks a server makes none. */
const noData = async () => join(await tempDir(), 'none');

async function callerOf({ url, token }: { url: string; token: string }) {
  const none = await noData();
  const text = (...args: string[]) => cliInProcess(none, '--server', url, '--token', token, ...args);
  const call = async (...args: string[]) => {
    const { code, stdout } = await text('--json', ...args);
    return { code, ...(JSON.parse(stdout) as object) } as Record<string, unknown>;
  };
  return { text, call };
}

it('indexes a folder at a server, and asks for imports and catalogs as at the backends', TEST, async () => {
  const dir = await tempDir();
  const folder = join(dir, 'pictures');
  await mkdir(folder);
  await makePictures(folder, 3);
  await writeFile(join(folder, 'broken.png'), 'no picture');
  const data = join(dir, 'data');
  const server = await startServe(data, '--workers', '1', '--allow-root', folder);
  const { call, text } = await callerOf(server);

  const indexed = await call('index', folder, '--catalog', 'shop', '--exclude', 'drafts/', '--strict');
  expect(indexed).toMatchObject({ code: 1, catalog: 'shop', discovered: 4, completed: 3, failed: 1, completed_now: 3 });
  expect(indexed).toMatchObject({ interrupted: false, open: 0, errors: { UNSUPPORTED_FORMAT: 1 } });
  const again = await text('index', folder, '--catalog', 'shop', '--exclude', 'drafts/');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('0 pictures indexed in "shop".') });
  expect(again.stdout).toMatch(/4 files found, 3 skipped, 1 failed\.[^]*UNSUPPORTED_FORMAT {2}\S*broken\.png/);
  // Server and backends tell the same.
  const id = indexed.import_id as string;
  expect(await call('imports', id)).toMatchObject({ started_by: 'cli' });
  for (const args of [
    ['imports'],
    ['imports', id],
    ['imports', id, '--outcome', 'failed'],
    ['catalogs'],
    ['sources'],
    ['sources', 'rules', folder, '--catalog', 'shop'],
    ['imports', '--limit', '1'],
  ]) {
    const { code, stdout } = await cliInProcess(data, '--json', ...args);
    expect(await call(...args)).toEqual({ code, ...(JSON.parse(stdout) as object) });
  }
  const csv = (await text('imports', id, '--csv')).stdout;
  expect(csv).toBe((await cliInProcess(data, 'imports', id, '--csv')).stdout);
  expect(csv.match(/Z$/gm)).toHaveLength(4);

  const status = await call('status');
  expect(status).toMatchObject({ data_dir: null, server: server.url, imports: [], catalogs: [{ name: 'shop' }] });
  expect((await text('status')).stdout).toContain(server.url);
  expect((await text('stats', '--prometheus')).stdout).toContain('imagefleet_tasks_total{outcome="completed"} 3');

  expect(await call('catalogs', 'rename', 'shop', 'shoes')).toMatchObject({ code: 0, name: 'shoes', images: 3 });
  expect(await call('catalogs', 'drop', 'shoes')).toMatchObject({ code: 2, error: { details: { images: 3 } } });
  expect(await call('catalogs', 'drop', 'shoes', '--yes', '3')).toEqual({
    code: 0,
    dropped: 'shoes',
    images: 3,
    cancelled_tasks: 0,
  });
  expect(await call('catalogs')).toEqual({ code: 0, catalogs: [] });
  await server.stop();
});

it(
  'leaves an import to the server at Ctrl-C, follows it again, and through a restart of the server',
  TEST,
  async () => {
    const dir = await tempDir();
    const folder = join(dir, 'pictures');
    await mkdir(folder);
    await makePictures(folder, 4);
    const data = join(dir, 'data');
    const first = await startServe(data, '--workers', '0', '--allow-root', folder);
    const port = new URL(first.url).port;
    const { call } = await callerOf(first);
    const index = () =>
      startProgram(data, '--server', first.url, '--token', first.token, '--json', 'index', folder, '--priority', 'low');

    const command = index();
    await vi.waitFor(async () => expect(await call('stats')).toMatchObject({ counts: { waiting: 4 } }), WAIT);
    command.child.kill('SIGINT');
    const left = await command.ended;
    expect(left.code).toBe(130);
    const { import_id: id } = JSON.parse(left.stdout) as { import_id: string };
    expect(JSON.parse(left.stdout)).toMatchObject({ interrupted: true, open: 4 });
    expect(await call('pause', '--import', id)).toMatchObject({ code: 0 });
    expect(await call('imports', id)).toMatchObject({ state: 'paused', priority: 'low' });
    expect(await call('resume', '--import', id)).toMatchObject({ code: 0 });

    const follower = index();
    await said(follower, /(0\/4 \(0%\))/);
    await first.stop();
    await said(follower, /Waiting: (the server .* cannot be reached)/);
    const second = await startServe(data, '--port', port, '--workers', '1', '--allow-root', folder);
    const end = await follower.ended;
    expect(end).toMatchObject({ code: 0 });
    expect(JSON.parse(end.stdout)).toMatchObject({ import_id: id, completed: 4, interrupted: false });

    expect(await call('cancel', '--import', id)).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
    await second.stop();
  },
);

it('changes sources at a server, and takes pictures out only for their number', TEST, async () => {
  const dir = await tempDir();
  const [folder, moved] = [join(dir, 'pictures'), join(dir, 'moved')];
  await mkdir(folder);
  const [first = ''] = await makePictures(folder, 3);
  const server = await startServe(join(dir, 'data'), '--workers', '1', '--allow-root', dir);
  const { call } = await callerOf(server);
  expect(await call('index', folder)).toMatchObject({ code: 0, completed: 3 });

  const rule = ['--exclude', basename(first)];
  expect(await call('index', folder, ...rule)).toMatchObject({ code: 2, error: { details: { images: 1 } } });
  expect(await call('index', folder, ...rule, '--yes', '1')).toMatchObject({ code: 0, skipped: 2, excluded: 1 });
  expect(await call('sources', 'rules', `${folder}/`)).toMatchObject({ exclude: [basename(first)], removed: 0 });
  expect(await call('sources', 'rules', folder, '--clear')).toMatchObject({ code: 0, exclude: [], removed: 0 });
  expect(await call('sources', 'watch', folder)).toMatchObject({ code: 0, watch: true });
  expect(await call('sources', 'watch', folder, '--off')).toMatchObject({ code: 0, watch: false });
  expect(await call('sources', 'rules', dir)).toMatchObject({ code: 2, error: { code: 'NOT_FOUND' } });

  await rename(folder, moved);
  expect(await call('sources', 'move', folder, moved)).toMatchObject({ code: 0, path: moved, moved: 2 });
  expect(await call('index', moved)).toMatchObject({ code: 0, completed: 1, skipped: 2 });
  await rm(join(moved, relative(folder, first)));
  expect(await call('index', moved)).toMatchObject({ code: 0, missing: 1 });
  expect(await call('prune')).toMatchObject({ code: 2, error: { details: { images: 1 } } });
  expect(await call('prune', '--yes', '1', '--folder', moved)).toEqual({ code: 0, pruned: 1, came_back: 0 });
  expect(await call('prune')).toEqual({ code: 0, pruned: 0, came_back: 0 });
  expect(await call('sources', 'remove', moved, '--yes', '2')).toEqual({
    code: 0,
    removed: 2,
    cancelled_tasks: 0,
    path: moved,
  });
  expect(await call('sources')).toEqual({ code: 0, sources: [] });
  await server.stop();
});

it('says what a server does not take, and why an import cannot begin', TEST, async () => {
  const dir = await tempDir();
  const server = await startServe(join(dir, 'data'), '--workers', '0', '--allow-root', dir);
  const { text, call } = await callerOf(server);
  const dry = await text('index', dir, '--dry-run', '--workers', '2');
  expect(dry).toMatchObject({ code: 2, stderr: expect.stringContaining('--workers, --dry-run: this cannot be asked') });
  expect(await call('index', join(dir, 'none'))).toMatchObject({ code: 2, error: { code: 'INVALID_INPUT' } });
  expect(await call('index', '/etc')).toMatchObject({ code: 1, error: { code: 'PATH_OUTSIDE_ROOT' } });
  expect(await call('imports', '00000000-0000-4000-8000-000000000000')).toMatchObject({
    code: 2,
    error: { code: 'NOT_FOUND' },
  });
  await server.stop();
});
