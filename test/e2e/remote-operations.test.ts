import { access, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, it, vi } from 'vitest';
import { cliInProcess, startCli } from '../support/cli.ts';
import { startHub } from '../support/hub-server.ts';
import { makePictures, picture } from '../support/pictures.ts';
import { startServe, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';
import { twoTowerFiles, twoTowerOffer, writeRepository } from '../support/two-tower-model.ts';

const TEST = { timeout: 180_000 };

/** A data dir that is not there: who asks a server makes none. */
const noData = async () => join(await tempDir(), 'none');

async function callerOf({ url, token }: { url: string; token: string }) {
  const none = await noData();
  const at = ['--server', url, '--token', token];
  const call = async (...args: string[]) => {
    const { code, stdout } = await cliInProcess(none, ...at, '--json', ...args);
    return { code, ...(JSON.parse(stdout) as object) } as Record<string, unknown>;
  };
  return { none, at, call, text: (...args: string[]) => cliInProcess(none, ...at, ...args) };
}

it('downloads, adds, uses and removes models at a server', TEST, async () => {
  const hub = await startHub('tests/two-towers', twoTowerFiles());
  const data = await tempDir();
  await mkdir(join(data, 'models', 'hub'), { recursive: true });
  await writeFile(join(data, 'models', 'hub', 'two-towers.json'), JSON.stringify(twoTowerOffer()));
  const brought = await tempDir();
  await writeRepository(brought);
  const mirror = ['--set', `models.mirror=${hub.url}`];
  const server = await startServe(data, '--workers', '0', '--allow-root', brought, ...mirror);
  const { none, at, call, text } = await callerOf(server);
  const installed = async () => {
    const { models } = (await call('models', 'list')) as { models?: { id: string; installed: boolean }[] };
    return models!.filter((model) => model.installed).map(({ id }) => id);
  };
  expect(await installed()).toEqual(['default-160']);
  expect((await text('models', 'list')).stdout).toMatch(/two-towers .* hub /);

  // Ctrl-C leaves it to the server; somebody else stops it there.
  hub.troubles.push({ path: 'onnx/text_model.onnx', after: 50, hang: true });
  const { child, ended } = startCli(none, [...at, 'models', 'download', 'two-towers']);
  await vi.waitFor(() => expect(hub.served).toHaveLength(2), WAIT);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: expect.stringContaining('The server goes on with it') });
  expect(await call('models', 'cancel', 'two-towers')).toEqual({ code: 0, cancelled: 'two-towers' });
  expect(await call('models', 'cancel', 'two-towers')).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });

  hub.troubles.push({ path: 'onnx/text_model.onnx', status: 404 });
  expect(await call('models', 'download', 'two-towers')).toMatchObject({
    code: 1,
    error: { code: 'DOWNLOAD_FAILED', message: expect.stringContaining('models add FOLDER --as two-towers') },
  });
  expect(await call('models', 'download', 'two-towers')).toMatchObject({ code: 0, downloaded: 'two-towers' });
  expect(await installed()).toEqual(['two-towers', 'default-160']);
  expect(await call('models', 'use', 'two-towers')).toEqual({ code: 0, used: 'two-towers' });
  expect(JSON.parse(await readFile(join(data, 'settings.json'), 'utf8'))).toMatchObject({
    model: { id: 'two-towers' },
  });
  expect(await call('models', 'remove', 'two-towers')).toEqual({ code: 0, removed: 'two-towers' });
  expect(await call('models', 'remove', 'default-160')).toMatchObject({ code: 1, error: { code: 'FORBIDDEN' } });
  expect(await call('models', 'use', 'no-such')).toMatchObject({ code: 2, error: { code: 'NOT_FOUND' } });

  // A folder of the server's machine, that it may read.
  expect(await call('models', 'add', brought, '--as', 'two-towers')).toEqual({ code: 0, added: 'two-towers' });
  const outside = await call('models', 'add', await tempDir());
  expect(outside).toMatchObject({ error: { code: 'PATH_OUTSIDE_ROOT' } });
  await expect(access(none)).rejects.toThrow('ENOENT');
  await server.stop();
});

it('verifies and repairs a catalog of a server', TEST, async () => {
  const dir = await tempDir();
  const folder = join(dir, 'pictures');
  await mkdir(folder);
  await makePictures(folder, 2);
  const data = join(dir, 'data');
  const server = await startServe(data, '--workers', '1', '--allow-root', folder);
  const { none, call, text } = await callerOf(server);
  expect(await call('index', folder, '--catalog', 'shop')).toMatchObject({ code: 0, completed: 2 });
  expect(await call('verify', 'shop')).toMatchObject({ code: 0, total: 0, differences: [], checked: { files: 2 } });

  const added = join(folder, 'added.png');
  await writeFile(added, await picture(7));
  const csv = join(dir, 'differences.csv');
  const told = await text('verify', folder, '--catalog', 'shop', '--csv', csv);
  expect(told).toMatchObject({ code: 1, stdout: expect.stringContaining('1 difference: 1 not-indexed.') });
  expect(await readFile(csv, 'utf8')).toContain(`not-indexed,${added},`);
  // Server and backends tell the same.
  const here = await cliInProcess(data, 'verify', 'shop', '--deep', '--json');
  expect(await call('verify', 'shop', '--deep')).toEqual({ code: 1, ...(JSON.parse(here.stdout) as object) });

  expect(await call('verify', 'shop', '--fix')).toMatchObject({
    code: 0,
    counts: { 'not-indexed': 1 },
    untold: 0,
    imports: [{ completed_now: 1, interrupted: false }],
  });
  expect(await call('verify', 'shop')).toMatchObject({ code: 0, total: 0, checked: { files: 3, records: 3 } });
  const refused = await text('verify', 'shop', '--fix', '--workers', '2');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--workers: this cannot be asked') });
  expect(await call('verify', 'other')).toMatchObject({ code: 2, error: { code: 'NOT_FOUND' } });
  await expect(access(none)).rejects.toThrow('ENOENT');
  await server.stop();
});

it('says of how many differences a server tells nothing', TEST, async () => {
  const dir = await tempDir();
  const folder = join(dir, 'pictures');
  await mkdir(folder);
  await makePictures(folder, 1);
  const server = await startServe(join(dir, 'data'), '--workers', '1', '--allow-root', folder);
  const { call, text } = await callerOf(server);
  expect(await call('index', folder)).toMatchObject({ code: 0, completed: 1 });
  for (let n = 0; n < 1_005; n++) await writeFile(join(folder, `more-${n}.jpg`), 'x');
  const all = await call('verify');
  expect(all).toMatchObject({ code: 1, total: 1_005, untold: 5 });
  expect(all.differences).toHaveLength(1_000);
  expect((await text('verify')).stdout).toContain('The server tells the first 1,000 of them.\n');
  await server.stop();
});

it('asks a server how it is, and for its support bundle', TEST, async () => {
  const dir = await tempDir();
  const server = await startServe(join(dir, 'data'), '--workers', '0');
  const { none, call, text } = await callerOf(server);
  const doctor = (await call('doctor')) as { checks?: { name: string; message: string }[] };
  expect(doctor).toMatchObject({ code: 0, healthy: true });
  expect(doctor.checks!.find(({ name }) => name === 'data dir')?.message).toContain(join(dir, 'data'));
  expect((await text('doctor')).stdout).toMatch(/^ok +node /);

  const zip = join(dir, 'trouble.zip');
  const written = await call('support-bundle', zip);
  const content = await readFile(zip);
  const files = Object.keys(unzipSync(content));
  expect(files).toContain('doctor.json');
  expect(written).toEqual({ code: 0, file: zip, bytes: content.length, files });
  expect((await stat(zip)).mode & 0o777).toBe(0o600);
  expect(await call('support-bundle', zip)).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });

  const copied = await text('copy', '--to-folder', join(dir, 'backup'));
  expect(copied).toMatchObject({ code: 2, stderr: expect.stringContaining('copy opens both stores itself') });
  await expect(access(none)).rejects.toThrow('ENOENT');

  const readOnly = (await startCli(join(dir, 'data'), ['token', '--read-only']).ended).stdout.trim();
  const reader = await callerOf({ ...server, token: readOnly });
  await vi.waitFor(async () => expect(await reader.call('stats')).toMatchObject({ code: 0 }), WAIT);
  expect(await reader.call('doctor')).toMatchObject({ code: 1, error: { code: 'FORBIDDEN' } });
  expect(await reader.call('support-bundle', join(dir, 'x.zip'))).toMatchObject({ error: { code: 'FORBIDDEN' } });
  await server.stop();
});

it('drops a catalog with open tasks only for the number of both, here and at a server', TEST, async () => {
  const dir = await tempDir();
  const folder = join(dir, 'pictures');
  await mkdir(folder);
  const [first = '', second = ''] = await makePictures(folder, 2);
  const data = join(dir, 'data');
  const server = await startServe(data, '--workers', '0', '--allow-root', folder);
  const { call, text } = await callerOf(server);
  for (const catalog of ['shop', 'attic']) {
    for (const path of [first, second]) {
      expect((await server.post('/queue/enqueue', { image_path: path, catalog })).status).toBe(200);
    }
  }
  const refusal = { code: 2, error: { code: 'INVALID_INPUT', details: { images: 0, tasks: 2 } } };
  expect(await call('catalogs', 'drop', 'shop')).toMatchObject(refusal);
  const here = await cliInProcess(data, 'catalogs', 'drop', 'shop', '--yes', '0');
  expect(here).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('2 tasks that wait or run be cancelled; to go on add --yes 2'),
  });
  expect((await text('catalogs', 'drop', 'shop', '--yes', '2')).stdout).toBe(
    'Dropped "shop" with 0 pictures; 2 tasks cancelled.\n',
  );
  const dropped = await cliInProcess(data, '--json', 'catalogs', 'drop', 'attic', '--yes', '2');
  expect(JSON.parse(dropped.stdout)).toEqual({ dropped: 'attic', images: 0, cancelled_tasks: 2 });
  expect(await call('stats')).toMatchObject({ counts: { waiting: 0, cancelled: 4 } });
  await server.stop();
});
