import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished, vi } from 'vitest';
import { contract } from '../../src-core/contract/contract.ts';
import { openStore } from '../../src-core/open-backends.ts';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { createServerClient } from '../../src-main/client/server-client.ts';
import { cliInProcess, startCli } from '../support/cli.ts';
import { makePictures } from '../support/pictures.ts';
import { startQdrantDouble } from '../support/qdrant-double/start.ts';
import { startServe } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';
import { installTwoTowers } from '../support/two-tower-model.ts';

const WAIT = { timeout: 60_000, interval: 20 };

// Processes on a busy machine: a failure of the program shows much earlier than this.
const RUN = { timeout: 180_000 };

/** A data dir with another model, and what its commands answer. */
async function setUp() {
  const data = await tempDir();
  await installTwoTowers(join(data, 'models'));
  const call = async (...args: string[]) => {
    const { code, stdout } = await cliInProcess(data, '--json', ...args);
    return { code, ...(JSON.parse(stdout) as object) } as Record<string, unknown>;
  };
  return { data, call };
}

async function plainPictures(): Promise<string> {
  const folder = await tempDir();
  for (const [name, background] of Object.entries({ one: 'red', two: 'blue', three: 'green' })) {
    const edges = { width: 40, height: 30, channels: 3 as const };
    await sharp({ create: { ...edges, background } })
      .png()
      .toFile(join(folder, `${name}.png`));
  }
  return folder;
}

it('takes a catalog over to another model; imports know its files again', RUN, async () => {
  const { call } = await setUp();
  const folder = await plainPictures();
  expect(await call('index', folder, '--workers', '1')).toMatchObject({ code: 0 });
  expect(await call('search', '--text', 'blue')).toMatchObject({ results: [] });

  const args = ['catalogs', 're-embed', 'default'];
  expect(await call(...args, '--model', 'none')).toMatchObject({ error: { code: 'MODEL_NOT_FOUND' } });
  expect(await call(...args)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  expect(await call(...args, '--model', 'default-160')).toMatchObject({ error: { code: 'CONFLICT' } });
  expect(await call(...args, '--model', 'two-towers')).toMatchObject({ code: 0, state: 'done', total: 3, done: 3 });
  const { results } = (await call('search', '--text', 'blue')) as { results?: object[] };
  expect(results?.[0]).toMatchObject({ path: join(folder, 'two.png'), found_by: ['content'] });
  const { catalogs } = (await call('catalogs')) as unknown as { catalogs: { name: string }[] };
  expect(catalogs.map(({ name }) => name)).toEqual(['default', 'default (default-160)']);

  await call('models', 'use', 'two-towers');
  const again = await call('index', folder, '--workers', '1');
  expect(again).toMatchObject({ code: 0, skipped: 3, completed: 0 });
});

it('goes on after it was killed, and leaves out only what it was told', RUN, async () => {
  const { data, call } = await setUp();
  const folder = await tempDir();
  await makePictures(folder, 240);
  expect(await call('index', folder, '--workers', '2')).toMatchObject({ code: 0 });
  const args = ['catalogs', 're-embed', 'default', '--model', 'two-towers', '--drop-old'];
  const { child, ended } = startCli(data, args);
  const store = await openStore(settingsSchema.parse({}), await openDataDir(data));
  onTestFinished(() => store.close());
  const { id } = (await store.catalogs())[0]!;
  await vi.waitFor(async () => expect((await store.successions.get(id))?.done).toBeGreaterThan(0), WAIT);
  child.kill('SIGKILL');
  await ended;
  const left = await store.successions.get(id);
  expect(left).toMatchObject({ model: 'two-towers', complete: false });
  expect(left!.done).toBeLessThan(240);

  const [due] = await store.successions.due(id, 1);
  await rm(due!.record.path);
  const refused = { code: 'CONFLICT', message: expect.stringMatching(/^1 pictures/) };
  expect(await call(...args)).toMatchObject({ code: 1, error: refused });
  expect(await store.catalogs()).toMatchObject([{ id, model: 'default-160' }]);
  expect(await call(...args, '--leave-out', '1')).toMatchObject({ code: 0, state: 'done', failed: 1 });
  expect(await store.catalogs()).toMatchObject([{ id, model: 'two-towers' }]);
  expect(await store.count(id)).toBe(239);
});

it(
  'does so at a server on Qdrant, which finds by the old vectors meanwhile; a cancel leaves nothing',
  RUN,
  async () => {
    const { data, call } = await setUp();
    const folder = await tempDir();
    await makePictures(folder, 40);
    const double = await startQdrantDouble();
    onTestFinished(() => double.stop());
    const store = ['--qdrant', double.url];
    expect(await call('index', folder, '--workers', '1', ...store)).toMatchObject({ code: 0 });
    const server = await startServe(data, '--workers', '0', '--allow-root', folder, ...store);
    const client = createServerClient({ url: server.url, token: server.token });
    const catalog = 'default';
    const { catalogs, queue, search } = contract;
    expect(await client.call(catalogs.reEmbedding, { catalog })).toBeNull();
    // Nobody works on it: while a task brings pictures by the old model, the old vectors stay.
    await makePictures(join(folder, 'more'), 1);
    const task = { task_id: 'more', image_path: join(folder, 'more', 'part-0', 'picture-00000.png') };
    await client.call(queue.enqueue, task);
    await client.call(catalogs.reEmbed, { catalog, model: 'two-towers' });
    const look = () => client.call(catalogs.reEmbedding, { catalog });
    await vi.waitFor(async () => expect(await look()).toMatchObject({ state: 'waiting', total: 40, done: 40 }), WAIT);
    const like = { image_path: join(folder, 'part-0', 'picture-00007.png'), limit: 3 };
    const during = await client.call(search.find, like);
    expect([during.model, during.results[0]?.path]).toEqual(['default-160', like.image_path]);
    await client.call(catalogs.cancelReEmbed, { catalog });
    expect(await client.call(catalogs.reEmbedding, { catalog })).toBeNull();
    expect((await client.call(catalogs.list)).catalogs).toMatchObject([{ name: 'default', model: 'default-160' }]);

    await client.call(queue.cancel, { task_id: ['more'] });
    const asked = ['--server', server.url, '--token', server.token, '--json', 'catalogs', 're-embed', catalog];
    const { code, stdout } = await cliInProcess(await tempDir(), ...asked, '--model', 'two-towers');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: 'done', done: 40 }]);
    const after = await client.call(search.find, like);
    expect([after.model, after.results[0]?.path]).toEqual(['two-towers', like.image_path]);
    await expect(client.call(catalogs.reEmbeddingFailures, { catalog })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await server.stop();
  },
);
