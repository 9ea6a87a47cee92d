import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqliteImports } from '../../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { openSqliteVectors } from '../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { cliInProcess } from '../../support/cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A finished import with a line of each kind that needs care, and more lines than a page holds. */
async function importWithLines(): Promise<{ dataDir: string; id: string }> {
  const dataDir = join(await tempDir(), 'data');
  const { imports, vectors } = await openDataDir(dataDir, {});
  const store = await openSqliteVectors({ path: vectors });
  const catalog = await store.ensureCatalog({ name: 'default', model: 'default-160', dimension: 256 });
  await store.close();
  const log = await openSqliteImports({ path: imports });
  const source = await log.ensureSource({ catalogId: catalog.id, kind: 'folder', root: '/p', path: '/p' });
  const { id } = await log.openImport({
    sourceId: source.id,
    catalogId: catalog.id,
    priority: 'normal',
    manifest: null,
  });
  await log.record(id, [
    {
      name: '/p/a, "b"\n.jpg',
      outcome: 'failed',
      reason: 'IMAGE_CORRUPT',
      message: 'it is "bad"',
      taskId: randomUUID(),
    },
    { name: '/p/=1+1.jpg', outcome: 'excluded', reason: 'exclude: =*', bytes: 7 },
    ...Array.from(
      { length: 6_000 },
      (_, n) => ({ name: `/p/${n}.jpg`, outcome: 'skipped', reason: 'unchanged' }) as const,
    ),
  ]);
  await log.setState(id, 'completed');
  await log.close();
  return { dataDir, id };
}

describe('imports ID', () => {
  it('prints the whole ledger as CSV', async () => {
    const { dataDir, id } = await importWithLines();
    const { code, stdout } = await cliInProcess(dataDir, 'imports', id, '--csv');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('path,outcome,reason,message,bytes,task_id,at');
    expect(stdout.match(/,skipped,unchanged,/g)?.length).toBe(6_000);
    expect(stdout).toContain('"/p/a, ""b""\n.jpg",failed,IMAGE_CORRUPT,"it is ""bad""",,');
    expect(stdout).toContain('\n/p/=1+1.jpg,excluded,exclude: =*,,7,,');
  });

  it('prints it as one JSON document, or only some outcomes', async () => {
    const { dataDir, id } = await importWithLines();
    const whole = JSON.parse((await cliInProcess(dataDir, 'imports', id, '--json')).stdout);
    expect(whole).toMatchObject({ import_id: id, discovered: 6_002, failed: 1 });
    expect(whole.ledger.length).toBe(6_002);
    expect(new Set(whole.ledger.map(({ path }: { path: string }) => path)).size).toBe(6_002);
    const some = await cliInProcess(dataDir, 'imports', id, '--json', '--outcome', 'failed,excluded');
    expect(JSON.parse(some.stdout).ledger).toMatchObject([
      { path: '/p/=1+1.jpg', outcome: 'excluded', reason: 'exclude: =*', bytes: 7, task_id: null },
      { path: '/p/a, "b"\n.jpg', outcome: 'failed', reason: 'IMAGE_CORRUPT' },
    ]);
    const none = await cliInProcess(dataDir, 'imports', id, '--json', '--outcome', 'moved');
    expect(JSON.parse(none.stdout).ledger).toEqual([]);
  });

  it('refuses an outcome that there is not, and a ledger of no import', async () => {
    const { dataDir, id } = await importWithLines();
    expect((await cliInProcess(dataDir, 'imports', id, '--outcome', 'lost')).code).toBe(2);
    expect((await cliInProcess(dataDir, 'imports', '--csv')).code).toBe(2);
    expect((await cliInProcess(dataDir, 'imports', randomUUID(), '--csv')).code).toBe(2);
  });
});
