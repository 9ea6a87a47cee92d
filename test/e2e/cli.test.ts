import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openQueue, openStore } from '../../src-core/open-backends.ts';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { startCli, type CliProcess } from '../support/cli.ts';
import { makePictures } from '../support/pictures.ts';
import { membersOf } from '../support/proc.ts';
import { tempDir } from '../support/temp-dir.ts';

// Processes on a busy machine: a failure of the program shows much earlier than these.
const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 20 };

const settings = settingsSchema.parse({});
/** So that an import of a few hundred small pictures is still running when something is done to it. */
const SLOWLY = ['--set', 'batch.size=1', '--set', 'batch.decodeConcurrency=1'];

/** In a process group of its own, as a shell would start it. None of the group may outlive the test. */
function start(dataDir: string, ...args: string[]): CliProcess {
  const cli = startCli(dataDir, args, { detached: true });
  onTestFinished(() => {
    const left = membersOf(cli.child.pid!);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect({ args, left }).toEqual({ args, left: [] });
  });
  return cli;
}

/** What Ctrl-C does: the whole foreground group gets it, workers included. */
function interrupt({ child }: CliProcess): void {
  // Nobody is in a group that has ended meanwhile.
  if (membersOf(child.pid!).length > 0) process.kill(-child.pid!, 'SIGINT');
}

async function run(dataDir: string, ...args: string[]) {
  return start(dataDir, ...args).ended;
}

/** Runs a command with --json, and checks that stdout is one document. */
async function runJson(dataDir: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(dataDir, ...args, '--json');
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^\{[^\n]*\}\n$/), stderr: expect.any(String) });
  return { exitCode: code, ...(JSON.parse(stdout) as object) };
}

async function tempFleet(count: number): Promise<{ data: string; folder: string; paths: string[] }> {
  const root = await tempDir();
  const folder = join(root, 'pictures');
  return { data: join(root, 'data'), folder, paths: await makePictures(folder, count) };
}

async function completed(data: string): Promise<number> {
  const queue = await openQueue(settings, await openDataDir(data));
  try {
    return (await queue.stats()).totals.completed;
  } finally {
    await queue.close();
  }
}

async function stored(data: string): Promise<number> {
  const store = await openStore(settings, await openDataDir(data));
  try {
    const counts = await Promise.all((await store.catalogs()).map(({ id }) => store.count(id)));
    return counts.reduce((sum, count) => sum + count, 0);
  } finally {
    await store.close();
  }
}

it('indexes a folder, skips it the second time, and finds its pictures', TEST, async () => {
  const { data, folder, paths } = await tempFleet(12);
  const broken = join(folder, 'broken.jpg');
  await writeFile(broken, 'this is no picture');
  await writeFile(join(folder, 'notes.txt'), 'nor is this');

  const first = await runJson(data, 'index', folder, '--workers', '1');
  expect(first).toMatchObject({
    exitCode: 0,
    catalog: 'default',
    discovered: 14,
    completed: 12,
    excluded: 1,
    failed: 1,
    skipped: 0,
    open: 0,
    errors: { UNSUPPORTED_FORMAT: 1 },
  });

  const again = await run(data, 'index', folder, '--strict');
  expect(again.code).toBe(1); // --strict: broken.jpg failed again
  expect(again.stdout).toContain('14 files found, 12 skipped, 1 excluded, 1 failed.');
  expect(again.stdout).toContain(`UNSUPPORTED_FORMAT  ${broken}`);

  const query = paths[3]!;
  const found = await runJson(data, 'search', query, '--limit', '3', '--filter', 'format=png');
  const results = found.results as { path: string; score: number; image_id: string }[];
  expect(found).toMatchObject({ exitCode: 0, model: 'default-160', catalog: 'default', took_ms: expect.any(Number) });
  expect(results).toHaveLength(3);
  expect(results[0]).toMatchObject({ path: query, width: 32, height: 32, format: 'png' });
  expect(results[0]?.score).toBeGreaterThan(0.999);
  expect(results.map(({ score }) => score)).toEqual(results.map(({ score }) => score).toSorted((a, b) => b - a));

  const like = await runJson(data, 'search', '--id', results[0]!.image_id, '--unlike', paths[8]!);
  expect((like.results as typeof results).map(({ path }) => path)).not.toContain(query);
  const none = await runJson(data, 'search', query, '--filter', 'format=jpeg');
  expect(none.results).toEqual([]);
  const elsewhere = await runJson(data, 'search', query, '--catalog', 'shop');
  expect(elsewhere).toMatchObject({
    exitCode: 2,
    error: { code: 'NOT_FOUND', message: expect.stringContaining('default') },
  });

  const one = await runJson(data, 'imports', String(first.import_id));
  expect(one).toMatchObject({
    state: 'completed',
    root: folder,
    failed_files: [{ path: broken, code: 'UNSUPPORTED_FORMAT' }],
  });
  expect((await runJson(data, 'imports')).imports).toHaveLength(2);

  const failed = await runJson(data, 'tasks', '--state', 'failed', '--import', String(first.import_id));
  expect(failed.tasks).toMatchObject([{ path: broken, attempts: 1, error: { code: 'UNSUPPORTED_FORMAT' } }]);
  const retried = await runJson(data, 'retry', '--error', 'UNSUPPORTED_FORMAT', '--import', String(first.import_id));
  expect(retried).toMatchObject({ exitCode: 0, retried: 1, workers: 0 });
  expect(await runJson(data, 'cancel', '--all')).toMatchObject({ cancelled: 1 });

  expect(await runJson(data, 'doctor')).toMatchObject({ exitCode: 0, healthy: true });
  const catalogs = await runJson(data, 'catalogs');
  expect(catalogs.catalogs).toMatchObject([{ name: 'default', images: 12, missing: 0 }]);
  expect((await run(data, 'catalogs', 'rename', 'default', 'shop')).code).toBe(0);
  expect((await runJson(data, 'search', query, '--catalog', 'shop')).results).not.toEqual([]);
  expect(await runJson(data, 'catalogs', 'drop', 'shop')).toMatchObject({ exitCode: 2 });
  expect(await runJson(data, 'catalogs', 'drop', 'shop', '--yes', '12')).toMatchObject({ exitCode: 0, images: 12 });
  expect(await stored(data)).toBe(0);
});

it('stops cleanly at Ctrl-C, and the same command resumes', TEST, async () => {
  const { data, folder } = await tempFleet(600);
  const command = ['index', folder, '--workers', '1', ...SLOWLY, '--json'];
  const first = start(data, ...command);
  await vi.waitFor(async () => expect(await completed(data)).toBeGreaterThan(0), WAIT);
  interrupt(first);
  const stopped = await first.ended;
  const before = JSON.parse(stopped.stdout) as Record<string, number>;
  expect(stopped).toMatchObject({ code: 130, stderr: expect.stringContaining('Stopping') });
  expect(before).toMatchObject({ interrupted: true });
  expect(await completed(data)).toBeLessThan(600);

  const after = await runJson(data, 'index', folder, '--workers', '2');
  expect(after).toMatchObject({ exitCode: 0, import_id: before.import_id, discovered: 600, completed: 600, failed: 0 });
  expect(await stored(data)).toBe(600);
});

it('ends at once at a second Ctrl-C, and loses nothing', TEST, async () => {
  const { data, folder } = await tempFleet(200);
  const first = start(data, 'index', folder, '--workers', '1', ...SLOWLY);
  await vi.waitFor(async () => expect(await completed(data)).toBeGreaterThan(0), WAIT);
  interrupt(first);
  await vi.waitFor(() => expect(first.output().stderr).toContain('Stopping'), WAIT);
  interrupt(first);
  expect((await first.ended).code).toBe(130);
  await vi.waitFor(() => expect(membersOf(first.child.pid!)).toEqual([]), WAIT);

  // The leases of a worker that died unseen run out first.
  expect(await runJson(data, 'index', folder, '--workers', '1')).toMatchObject({
    exitCode: 0,
    completed: 200,
    failed: 0,
  });
});

it('works beside another index on the same data dir', TEST, async () => {
  const { data, folder } = await tempFleet(60);
  const other = join(folder, '..', 'others');
  await makePictures(other, 60);
  const both = await Promise.all([folder, other].map((path) => runJson(data, 'index', path, '--workers', '1')));
  expect(both).toMatchObject([
    { exitCode: 0, completed: 60, open: 0 },
    { exitCode: 0, completed: 60, open: 0 },
  ]);
  expect(await stored(data)).toBe(120);
});

it('leaves the work to a worker that joined', TEST, async () => {
  const { data, folder } = await tempFleet(20);
  const empty = join(folder, '..', 'empty');
  await mkdir(empty);
  const worker = start(data, 'worker', '--workers', '1', '--json');
  const [index, nothing] = await Promise.all([
    runJson(data, 'index', folder, '--workers', '0'),
    runJson(data, 'index', empty, '--catalog', 'other'),
  ]);
  expect(index).toMatchObject({ exitCode: 0, completed: 20 });
  expect(nothing).toMatchObject({ exitCode: 0, discovered: 0, catalog: 'other' });

  const { workers } = (await runJson(data, 'workers')) as { workers: { processed: number; lost: boolean }[] };
  expect(workers).toMatchObject([{ lost: false }]);
  worker.child.kill('SIGTERM');
  const { code, stdout } = await worker.ended;
  expect({ code, document: JSON.parse(stdout) }).toEqual({ code: 0, document: { workers: 1 } });
});

it('ends quietly when nobody reads any longer', TEST, async () => {
  const { data } = await tempFleet(0);
  const help = start(data, 'doctor');
  help.child.stdout?.destroy();
  expect(await help.ended).toMatchObject({ code: 0, stderr: '' });
});
