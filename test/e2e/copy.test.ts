import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBackupTarget } from '../../src-main/services/copy/backup-writer.ts';
import { cliInProcess, type CliResult, startCli } from '../support/cli.ts';
import { assertEqual, CATALOG, copyJson, fillDataDir, killCopy, killCopyInto, withStore } from '../support/copies.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Pieces {
  pieces: unknown[];
}

function runCli(dataDir: string, ...args: string[]): Promise<CliResult> {
  return startCli(dataDir, args).ended;
}

// Several processes, one after another, on a machine that may be busy.
describe('imagefleet copy to a folder and back', { timeout: 120_000 }, () => {
  it('survives SIGKILL half way in both directions, and is equal at the end', async () => {
    const [from, to] = [await tempDir(), await tempDir()];
    const folder = join(await tempDir(), 'backup');
    const catalogId = await fillDataDir(from, 12_000);

    // The second piece is a pipe that nobody reads: the copy waits there until it is killed.
    await withStore(from, async (store) => openBackupTarget(folder, (await store.catalogs())[0]!));
    const pipe = join(folder, 'records-00002.jsonl');
    execFileSync('mkfifo', [pipe]);
    const unfinished = join(folder, 'catalog.unfinished.json');
    const written = async (): Promise<number> =>
      (JSON.parse(await readFile(unfinished, 'utf8')) as Pieces).pieces.length;
    await killCopy(from, ['--catalog', CATALOG, '--to-folder', folder], async () => (await written()) === 1);
    await rm(pipe);
    const early = await runCli(to, 'copy', '--from-folder', folder);
    expect(early).toMatchObject({ code: 2, stderr: expect.stringContaining('is not whole') as unknown });
    expect(await copyJson(from, '--catalog', CATALOG, '--to-folder', folder)).toMatchObject({
      catalog: CATALOG,
      catalog_id: catalogId,
      records: 12_000,
      copied: 7_000,
      unchanged: 5_000,
      interrupted: false,
    });
    expect(await readdir(folder)).not.toContain('catalog.unfinished.json');
    expect(await copyJson(to, '--from-folder', folder, '--check')).toMatchObject({ records: 12_000 });

    const back = ['--from-folder', folder, '--as', 'restored'];
    const half = await killCopyInto(to, back, 5_000);
    expect(half).toBeLessThan(12_000);
    expect(await copyJson(to, ...back)).toMatchObject({
      records: 12_000,
      copied: 12_000 - half,
      unchanged: half,
      compared: 1_000,
    });
    await withStore(from, (one) =>
      withStore(to, async (other) => {
        expect(await assertEqual(one, other, catalogId)).toBe(12_000);
        expect(await other.catalogs()).toMatchObject([{ id: catalogId, name: 'restored' }]);
      }),
    );
  });

  it('says what is wrong with a damaged backup, and copies nothing of it', async () => {
    const [from, to] = [await tempDir(), await tempDir()];
    const folder = join(await tempDir(), 'backup');
    await fillDataDir(from, 100);
    await copyJson(from, '--catalog', CATALOG, '--to-folder', folder);
    await truncate(join(folder, 'vectors-00001.f32'), 1_000);
    for (const args of [['--check'], []]) {
      const { code, stderr } = await runCli(to, 'copy', '--from-folder', folder, ...args);
      expect(stderr).toMatch(/vectors-00001\.f32 has 1000 bytes, not 12800/);
      expect(code).toBe(2);
    }
    await withStore(to, async (store) => {
      for (const { id } of await store.catalogs()) expect(await store.count(id)).toBe(0);
    });
  });

  it('drops the source only when told so twice, and after the comparison', async () => {
    const from = await tempDir();
    const folder = join(await tempDir(), 'backup');
    await fillDataDir(from, 100);
    const args = ['copy', '--catalog', CATALOG, '--to-folder', folder, '--remove-source'];
    const asked = await runCli(from, ...args);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(/100 pictures would leave the catalog; to go on add --yes 100/);
    const told = await runCli(from, ...args, '--yes', '100');
    expect(told).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/all are equal\.\nDropped “shop”/) as unknown,
    });
    expect(await withStore(from, (store) => store.catalogs())).toEqual([]);
    expect(await copyJson(from, '--from-folder', folder)).toMatchObject({ copied: 100, source_removed: false });
  });

  it.each([
    [[], /where to or where from/],
    [['--from-folder', 'a', '--to-folder', 'b'], /plain files/],
    [['--from-folder', 'a', '--from-qdrant', 'http://localhost:1'], /one place/],
    [['--to-folder', 'a', '--as', 'b'], /--as/],
    [['--check'], /--check needs --from-folder/],
    [['--to-qdrant', 'localhost:6333'], /http:\/\/localhost:6333/],
    [['--from-folder', '/nowhere/at/all'], /no backup in/],
    [['--to-folder', '/nowhere/at/all', '--catalog', 'none'], /no catalog “none”/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await cliInProcess(await tempDir(), 'copy', ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
