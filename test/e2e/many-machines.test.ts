import { chmod, chown, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { openQdrantVectors } from '../../src-core/adapters/vectors-qdrant/open-qdrant-vectors.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { startCli, type CliProcess } from '../support/cli.ts';
import { MODELS } from '../support/model.ts';
import { NOBODY, ordinaryUserMayRead } from '../support/ordinary-user.ts';
import { makePictures } from '../support/pictures.ts';
import { membersOf } from '../support/proc.ts';
import { startQdrantDouble } from '../support/qdrant-double/start.ts';
import { startRedis } from '../support/redis-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const QUICK = ['--set', 'queue.leaseMs=1500', '--set', 'fleet.heartbeatMs=200', '--set', 'fleet.lostAfterMs=2000'];

/** A Redis server, the Qdrant double, and machines: data dirs, and users where there may be, of their own. */
async function openFleet() {
  const redis = await startRedis({ args: ['--appendonly', 'yes'] });
  const qdrant = await startQdrantDouble();
  onTestFinished(() => qdrant.stop());
  const queue = await openRedisQueue({ url: redis.url, settings: settingsSchema.parse({}) });
  onTestFinished(() => queue.close());
  const store = await openQdrantVectors({ url: qdrant.url, timeoutMs: 10_000, quantization: 'int8', onDisk: false });
  onTestFinished(() => store.close());
  const backends = ['--redis', redis.url, '--qdrant', qdrant.url];

  return {
    redis,
    queue,
    store,
    backends,
    /** Starts `imagefleet` on a machine. It and all its workers are one process group. */
    async run(dataDir: string, args: readonly string[], options: { on?: string[]; user?: number } = {}) {
      const { on = backends, user } = options;
      await mkdir(dataDir, { recursive: true });
      if (user !== undefined) await chown(dataDir, user, user);
      const machine = startCli(dataDir, [...args, ...on, ...QUICK], { detached: true, ...(user && { user }) });
      onTestFinished(() => killGroup(machine));
      return machine;
    },
    workersOf: async (name: string) =>
      (await queue.workers()).filter(({ status, lost }) => status.workerId.startsWith(name) && !lost),
  };
}

async function killGroup({ child, ended }: CliProcess): Promise<void> {
  if (membersOf(child.pid!).length > 0) process.kill(-child.pid!, 'SIGKILL');
  await ended;
}

const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: 60_000, interval: 100 });

it('shares the work between machines, and loses nothing when one of them dies', { timeout: 120_000 }, async () => {
  const fleet = await openFleet();
  const folder = await tempDir();
  await chmod(folder, 0o755);
  const pictures = await makePictures(join(folder, 'nas'), 300);
  // One machine has the folder elsewhere, and another user.
  const user = (await ordinaryUserMayRead(folder)) ? NOBODY : undefined;
  await fleet.run(join(folder, 'a'), [
    'worker',
    '--workers',
    '1',
    '--worker-id',
    'a',
    '--path-map',
    `/pictures=${folder}/nas`,
  ]);
  const b = await fleet.run(
    join(folder, 'b'),
    ['worker', '--workers', '1', '--worker-id', 'b', '--path-map', `/pictures=${folder}/nas`],
    { ...(user !== undefined && { user }) },
  );
  await until(async () => expect([...(await fleet.workersOf('a-')), ...(await fleet.workersOf('b-'))]).toHaveLength(2));

  const index = await fleet.run(join(folder, 'desk'), [
    'index',
    join(folder, 'nas'),
    '--workers',
    '0',
    '--path-map',
    `/pictures=${folder}/nas`,
    '--json',
  ]);
  await until(async () => {
    const [a] = await fleet.workersOf('a-');
    const [other] = await fleet.workersOf('b-');
    expect(Math.min(a?.status.processed ?? 0, other?.status.processed ?? 0)).toBeGreaterThan(0);
  });
  process.kill(-b.child.pid!, 'SIGKILL');

  const { code, stdout, stderr } = await index.ended;
  expect(stderr + stdout).toContain('"completed":300');
  expect(code).toBe(0);
  expect((await fleet.queue.stats()).counts).toMatchObject({ completed: 300, failed: 0, waiting: 0, active: 0 });
  const [catalog] = await fleet.store.catalogs();
  const records = await fleet.store.scroll(catalog!.id, 1_000);
  expect(records.map(({ record }) => record.canonicalName).toSorted()).toEqual(
    pictures.map((path) => path.replace(`${folder}/nas`, '/pictures')).toSorted(),
  );
});

it('refuses a machine with another store or model, and names both', { timeout: 60_000 }, async () => {
  const fleet = await openFleet();
  const folder = await tempDir();
  await fleet.run(join(folder, 'a'), ['worker', '--workers', '1', '--worker-id', 'a']);
  await until(async () => expect(await fleet.workersOf('a-')).toHaveLength(1));

  const ownStore = await fleet.run(join(folder, 'b'), ['worker', '--workers', '1'], {
    on: ['--redis', fleet.redis.url],
  });
  expect(await ownStore.ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/FINGERPRINT_MISMATCH.*sqlite:.*qdrant:/s),
  });

  const models = join(folder, 'c', 'models');
  await mkdir(models, { recursive: true });
  await copyModelAs('other-160', models);
  const otherModel = await fleet.run(join(folder, 'c'), ['worker', '--workers', '1', '--set', 'model.id=other-160']);
  expect(await otherModel.ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/FINGERPRINT_MISMATCH.*other-160.*default-160/s),
  });
});

it('gives a file to the machine that sees it, and fails one that nobody sees', { timeout: 60_000 }, async () => {
  const fleet = await openFleet();
  const folder = await tempDir();
  const pictures = await makePictures(join(folder, 'only-a'), 3);
  for (const machine of ['a', 'b']) {
    const here = join(folder, machine === 'a' ? 'only-a' : 'not-there');
    await fleet.run(join(folder, machine), [
      'worker',
      '--workers',
      '1',
      '--worker-id',
      machine,
      '--set',
      'queue.unseenRetryMs=100',
      '--path-map',
      `/shared/only-a=${here}`,
    ]);
  }
  await until(async () => expect([...(await fleet.workersOf('a-')), ...(await fleet.workersOf('b-'))]).toHaveLength(2));
  const redis = new Redis(fleet.redis.url);
  onTestFinished(() => void redis.disconnect());
  const names = pictures.map((path) => basename(path));
  for (const [at, name] of names.entries())
    await redis.rpush(
      'image_indexing_queue',
      JSON.stringify({ task_id: name, image_path: pictures[at]!.replace(folder, '/shared') }),
    );
  await redis.rpush('image_indexing_queue', JSON.stringify({ task_id: 'nobody', image_path: '/nowhere/1.jpg' }));

  await until(async () => expect((await fleet.queue.stats()).counts).toMatchObject({ completed: 3, failed: 1 }));
  for (const name of names)
    expect(await fleet.queue.get(name)).toMatchObject({ state: 'completed', workerId: 'a-0', attempts: 0 });
  expect(await fleet.queue.get('nobody')).toMatchObject({ state: 'failed', error: { code: 'NO_WORKER_SEES_IT' } });
});

/** The model that comes with the program, under another id. */
async function copyModelAs(id: string, folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(MODELS, 'default-160.json'), 'utf8')) as { file: string };
  await writeFile(join(folder, `${id}.json`), JSON.stringify({ ...manifest, id }));
  await copyFile(join(MODELS, manifest.file), join(folder, manifest.file));
}
