import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openSqliteImports } from '../../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { openSqliteVectors } from '../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { EXIT } from '../../../src-main/cli/exit-codes.ts';
import { writeLedgerCsv, writeLedgerJson } from '../../../src-main/cli/ledger-stream.ts';
import { cliInProcess, startCli } from '../../support/cli.ts';
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

  it('says when its lines are not kept any more', async () => {
    const { dataDir, id } = await importWithLines();
    const log = await openSqliteImports({ path: join(dataDir, 'imports.db') });
    const { sourceId } = (await log.getImport(id))!;
    await log.trimLedgers(sourceId, 0);
    await log.close();
    const { code, stdout, stderr } = await cliInProcess(dataDir, 'imports', id, '--csv');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'path,outcome,reason,message,bytes,task_id,at\n' });
    expect(stderr).toContain('not kept any more');
  });

  it('ends quietly when the reader has had enough', async () => {
    const { dataDir, id } = await importWithLines();
    for (const format of ['--csv', '--json']) {
      const cli = startCli(dataDir, ['imports', id, format]);
      await once(cli.child.stdout!, 'data');
      cli.child.stdout!.destroy();
      const { code, stderr } = await cli.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      // SQLite takes its journal away with the last connection, if that is closed.
      expect(existsSync(join(dataDir, 'imports.db'))).toBe(true);
      expect(existsSync(join(dataDir, 'imports.db-wal'))).toBe(false);
    }
  });

  it('refuses an outcome that there is not, two formats, and a ledger of no import', async () => {
    const { dataDir, id } = await importWithLines();
    const lost = await cliInProcess(dataDir, 'imports', id, '--outcome', 'failed,lost');
    expect(lost).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('There is no outcome "lost"') });
    const two = await cliInProcess(dataDir, 'imports', id, '--csv', '--json');
    expect(two.code).toBe(2);
    expect(JSON.parse(two.stdout).error.message).toContain('--csv is a format of its own');
    expect((await cliInProcess(dataDir, 'imports', '--outcome', 'failed')).code).toBe(2);
    expect((await cliInProcess(dataDir, 'imports', randomUUID(), '--csv')).code).toBe(2);
  });
});

describe('imports', () => {
  it('lists the imports as CSV, and a header where there are none', async () => {
    const { dataDir, id } = await importWithLines();
    const { code, stdout } = await cliInProcess(dataDir, 'imports', '--csv');
    const [header = '', line = '', ...rest] = stdout.split('\n');
    expect({ code, rest }).toEqual({ code: 0, rest: [''] });
    const cells = Object.fromEntries(header.split(',').map((name, at) => [name, line.split(',')[at]]));
    expect(cells).toMatchObject({ import_id: id, state: 'completed', catalog: 'default', root: '/p' });
    expect(cells).toMatchObject({ discovered: '6002', completed: '0', skipped: '6000', failed: '1', excluded: '1' });
    expect((await cliInProcess(await tempDir(), 'imports', '--csv')).stdout).toBe(`${header}\n`);
  });
});

describe('the stream of a ledger', () => {
  it('waits for a reader who is slower', async () => {
    const { dataDir, id } = await importWithLines();
    const log = await openSqliteImports({ path: join(dataDir, 'imports.db') });
    let [written, most] = [0, 0];
    const slow = new Writable({
      highWaterMark: 1_000,
      async write(chunk: Buffer, _encoding, done) {
        most = Math.max(most, slow.writableLength);
        written += chunk.length;
        await setImmediate();
        done();
      },
    });
    await writeLedgerCsv(slow, { log, importId: id, outcomes: undefined });
    slow.end();
    await once(slow, 'finish');
    await log.close();
    expect(written).toBeGreaterThan(6_000 * 40);
    expect(most).toBeLessThan(written / 3);
  });

  it('that breaks off does not look whole', async () => {
    const { dataDir, id } = await importWithLines();
    const log = await openSqliteImports({ path: join(dataDir, 'imports.db') });
    let text = '';
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
    // Closed by the time its second page is read.
    const ledger: typeof log.ledger = async (...args) => {
      const page = await log.ledger(...args);
      await log.close();
      return page;
    };
    const { exitCode } = await writeLedgerJson(
      stdout,
      { import_id: id },
      { log: { ...log, ledger }, importId: id, outcomes: undefined },
    );
    expect(exitCode).toBe(EXIT.failed);
    const document = JSON.parse(text);
    expect(document.ledger.length).toBeLessThan(6_002);
    expect(document.error).toMatchObject({ code: 'INTERNAL', message: expect.any(String) });
  });
});
