import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import { cliInProcess, startCli } from '../../support/cli.ts';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Every row of the databases in a data dir; opening one changes a number in its first page. */
async function contentsOf(dataDir: string): Promise<Record<string, unknown>> {
  const names = (await readdir(dataDir)).filter((name) => name.endsWith('.db'));
  const contents = names.map((name) => {
    using db = new DatabaseSync(join(dataDir, name), { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    return [name, tables.map((table) => [table.name, db.prepare(`SELECT * FROM "${table.name}"`).all()])];
  });
  return Object.fromEntries(contents) as Record<string, unknown>;
}

/** Has temporary folders made in one of the test's own; answers how to list those of dry runs. */
async function ownTemporary(): Promise<() => Promise<string[]>> {
  const folder = await tempDir();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return async () => (await readdir(folder)).filter((name) => name.startsWith('imagefleet-dry-run-'));
}

it('says what would be done, and leaves data dir and temporary folder as they were', async () => {
  const dataDir = await tempDir();
  const folder = await tempDir();
  const [first = '', second = '', third = ''] = await makePictures(folder, 8);
  const quick = ['--workers', '1', '--set', 'fleet.heartbeatMs=200'];
  const scratchFolders = await ownTemporary();

  const anew = await cliInProcess(dataDir, 'index', folder, '--dry-run', '--json', ...quick);
  expect(anew.code).toBe(0);
  expect(await readdir(dataDir)).toEqual([]);
  expect(JSON.parse(anew.stdout)).toEqual({
    dry_run: true,
    catalog: 'default',
    found: 8,
    new: { files: 8, bytes: expect.any(Number) },
    changed: { files: 0, bytes: 0 },
    skipped: { files: 0, bytes: 0 },
    back: { files: 0, bytes: 0 },
    updated: { files: 0, bytes: 0 },
    moved: { files: 0, bytes: 0 },
    excluded: { files: 0, rules: {} },
    failed: { files: 0, errors: {} },
    missing: 0,
    leaving: 0,
    sidecars: 0,
    formats: [
      { format: 'png', files: 8, bytes: expect.any(Number), to_index: { files: 8, bytes: expect.any(Number) } },
    ],
    folders_left_out: { folders: 0, rules: {} },
    folders_left_out_first: [],
    estimate: {
      seconds: expect.any(Number),
      low_seconds: expect.any(Number),
      high_seconds: expect.any(Number),
      start_up_seconds: expect.any(Number),
      images_per_second: expect.any(Number),
      sampled: 8,
      workers: 1,
    },
    estimate_missing: null,
    interrupted: false,
  });

  expect((await cliInProcess(dataDir, 'index', folder, ...quick)).code).toBe(0);
  await rename(first, `${first}.moved.png`);
  await rm(second);
  await writeFile(third, await readFile(`${first}.moved.png`));
  await mkdir(join(folder, '.cache'));
  await writeFile(join(folder, 'notes.txt'), '');

  expect(await readdir(dataDir)).toEqual(['imports.db', 'machine-id', 'queue.db', 'vectors.db']);
  const indexed = await contentsOf(dataDir);
  const { code, stdout } = await cliInProcess(dataDir, 'index', folder, '--dry-run', '--workers', '0');
  expect(code).toBe(0);
  expect(await contentsOf(dataDir)).toEqual(indexed);
  const said = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' '));
  expect(said[0]).toBe(`Nothing was written. 8 files found in ${folder}; in "default" a run would have:`);
  expect(said).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^indexed again: changed 1 [\d.]+ k?B$/),
      expect.stringMatching(/^moved or renamed 1 [\d.]+ k?B$/),
      expect.stringMatching(/^skipped: unchanged 5 /),
      'excluded: extension 1',
      'marked as missing 1',
      `${join(folder, '.cache')} hidden`,
      'Without workers here, nothing can be said of the time.',
    ]),
  );
  expect(await scratchFolders()).toEqual([]);
}, 120_000);

it('stops at Ctrl-C and removes what it made', async () => {
  const folder = await tempDir();
  await makePictures(folder, 40);
  const dataDir = await tempDir();
  const scratchFolders = await ownTemporary();
  const running = startCli(dataDir, ['index', folder, '--dry-run', '--json', '--workers', '1']);
  // Its folder is there: it has begun, and listens.
  await expect.poll(scratchFolders, { timeout: 60_000, interval: 5 }).toHaveLength(1);
  running.child.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ dry_run: true, interrupted: true });
  expect(await scratchFolders()).toEqual([]);
  expect(await readdir(dataDir)).toEqual([]);
}, 120_000);

it('says which path is not there', async () => {
  const { code, stderr } = await cliInProcess(await tempDir(), 'index', '/no/such/folder', '--dry-run');
  expect(code).toBe(2);
  expect(stderr).toContain('/no/such/folder: there is no such file or folder');
});
