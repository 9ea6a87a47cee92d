import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteImports } from '../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { startCli } from '../support/cli.ts';
import { writeHostilePictures } from '../support/hostile-pictures.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A walk gives no task to what is plainly no picture file of this folder: its line says by which rule. */
const LEFT_OUT_BY_THE_WALK: Record<string, string> = {
  'pipe.jpg': 'excluded: not-a-file',
  'link-outside.png': 'excluded: link-outside',
  'circle-a.jpg': 'failed: NOT_A_FILE',
  'circle-b.jpg': 'failed: NOT_A_FILE',
  'foreign/page.pdf': 'excluded: extension',
  'foreign/movie.mp4': 'excluded: extension',
};

it(
  'gives every hostile file its outcome, and loses no worker, fetches nothing and reads nothing outside',
  {
    timeout: 180_000,
  },
  async () => {
    const requests: string[] = [];
    const listener = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    onTestFinished(() => void listener.close());

    const [folder, dataDir] = [join(await tempDir(), 'pictures'), await tempDir()];
    const address = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const hostile = await writeHostilePictures(folder, { listener: address });

    const { code, stdout } = await startCli(dataDir, ['index', folder, '--workers', '2', '--json']).ended;
    expect(code).toBe(0);
    const summary = JSON.parse(stdout) as Record<string, number> & { import_id: string };

    const imports = await openSqliteImports({ path: join(dataDir, 'imports.db') });
    onTestFinished(() => imports.close());
    const { items } = await imports.ledger(summary.import_id, {}, 10_000);
    const outcomes = new Map(
      items.map(({ name, outcome, reason }) => [
        relative(folder, name),
        outcome === 'indexed' ? 'indexed' : `${outcome}: ${reason}`,
      ]),
    );
    const expected = new Map(
      hostile.map(({ file, expect: want }) => [
        file.normalize('NFC'),
        LEFT_OUT_BY_THE_WALK[file] ?? (want === 'indexed' ? want : `failed: ${want.code}`),
      ]),
    );
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(expected));
    expect(summary.discovered).toBe(hostile.length);

    const queue = await openSqliteQueue({ path: join(dataDir, 'queue.db'), settings: settingsSchema.parse({}) });
    onTestFinished(() => queue.close());
    expect((await queue.stats()).totals.stalled).toBe(0);
    expect(requests).toEqual([]);
  },
);
