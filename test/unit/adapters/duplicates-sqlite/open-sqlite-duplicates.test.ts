import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { MIGRATIONS } from '../../../../src-core/adapters/duplicates-sqlite/migrations.ts';
import { openSqliteDuplicates } from '../../../../src-core/adapters/duplicates-sqlite/open-sqlite-duplicates.ts';
import { openDatabase } from '../../../../src-core/adapters/sqlite/database.ts';
import type { PairsPage } from '../../../../src-core/domain/duplicates.ts';
import { appError } from '../../../contract/vector-store/samples.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function openLog() {
  const path = join(await tempDir(), 'duplicates.db');
  const log = await openSqliteDuplicates({ path });
  onTestFinished(() => log.close());
  const rows = (table: string): number => {
    const db = new DatabaseSync(path, { readOnly: true });
    const { count } = db.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number };
    db.close();
    return count;
  };
  return { log, rows };
}

const CATALOG = randomUUID();
const begin = { catalogId: CATALOG, leastScore: 0.9, total: 3, owner: 'host/1/abc' };
const pictures = ['a', 'b', 'c'].map((contentHash) => ({ imageId: randomUUID(), contentHash, productId: null }));

function page(pairs: [number, number][], changes: Partial<PairsPage> = {}): PairsPage {
  return {
    pictures,
    pairs: pairs.map(([a, b]) => ({ a, b, score: 0.95 })),
    compared: 3,
    total: 3,
    share: 1,
    next: null,
    ...changes,
  };
}

const FIRST = { a: 0, b: 0 };

it('keeps a pair once, in whatever order and step it comes', async () => {
  const { log } = await openLog();
  const { id } = await log.begin(begin);
  expect(
    await log.add(
      id,
      page(
        [
          [0, 1],
          [1, 0],
        ],
        { compared: 1, share: 0.5, next: 'x' },
      ),
    ),
  ).toBe(true);
  expect(await log.scan(id)).toMatchObject({ state: 'running', compared: 1, share: 0.5, pairs: 1 });
  expect(
    await log.add(
      id,
      page([
        [1, 0],
        [2, 1],
      ]),
    ),
  ).toBe(true);
  await log.end(id, 'completed');
  const { pairs, next } = await log.pairs(id, 0.9, FIRST, 10);
  expect({ pairs, next }).toEqual({
    pairs: [
      { a: 1, b: 2, score: 0.95 },
      { a: 2, b: 3, score: 0.95 },
    ],
    next: null,
  });
  expect((await log.pairs(id, 0.9, FIRST, 1)).next).toEqual({ a: 1, b: 2 });
  expect((await log.pairs(id, 0.96, FIRST, 10)).pairs).toEqual([]);
  expect(await log.pairsAmong(id, [1, 3], 0.9)).toEqual([]);
  expect(await log.pairsAmong(id, [2, 3], 0.9)).toEqual([{ a: 2, b: 3, score: 0.95 }]);
});

it('drops what is replaced or was not completed, so that the file does not grow', async () => {
  const { log, rows } = await openLog();
  const ids: string[] = [];
  for (const state of ['completed', 'cancelled', 'completed', 'failed'] as const) {
    const { id } = await log.begin(begin);
    await expect(log.begin(begin)).rejects.toMatchObject(appError('CONFLICT'));
    await log.add(id, page([[0, 1]]));
    await log.end(id, state);
    ids.push(id);
  }
  expect([rows('scans'), rows('pictures'), rows('pairs')]).toEqual([4, 3, 1]);
  expect((await log.pairs(ids[2]!, 0.9, FIRST, 10)).pairs).toHaveLength(1);
  expect(await log.end(ids[2]!, 'cancelled')).toMatchObject({ state: 'completed' });
  expect(await log.add(ids[3]!, page([[0, 2]]))).toBe(false);
  for (let i = 0; i < 30; i++) await log.end((await log.begin(begin)).id, 'completed');
  expect(rows('scans')).toBeLessThanOrEqual(21);
});

it('takes over the marks of a file from before there were marks of one picture', async () => {
  const path = join(await tempDir(), 'duplicates.db');
  const before = await openDatabase({ path, migrations: MIGRATIONS.slice(0, 1), unavailable: 'DATA_DIR_UNUSABLE' });
  before.raw
    .prepare('INSERT INTO marks (id, catalog_id, image_ids, created_at) VALUES (?, ?, ?, 5)')
    .run('11111111-1111-4111-8111-111111111111', CATALOG, '["a","b"]');
  before.close();
  const log = await openSqliteDuplicates({ path });
  onTestFinished(() => log.close());
  const old = { id: '11111111-1111-4111-8111-111111111111', imageIds: ['a', 'b'], oneId: null, createdAt: 5 };
  expect(await log.notDuplicates(CATALOG, 10)).toMatchObject([old]);
  expect(await log.addNot(CATALOG, ['b', 'a'], null)).toMatchObject(old);
});

it('forgets a catalog with its marks, and no other', async () => {
  const { log, rows } = await openLog();
  const other = { ...begin, catalogId: randomUUID() };
  for (const scan of [begin, other]) {
    const { id } = await log.begin(scan);
    await log.add(id, page([[0, 1]]));
    await log.end(id, 'completed');
    await log.addNot(scan.catalogId, [pictures[0]!.imageId, pictures[1]!.imageId], null);
  }
  await log.forgetCatalog(CATALOG);
  expect(['scans', 'pictures', 'pairs', 'marks'].map(rows)).toEqual([1, 3, 1, 1]);
  expect(await log.scans(other.catalogId, 10)).toMatchObject([{ pairs: 1 }]);
});
