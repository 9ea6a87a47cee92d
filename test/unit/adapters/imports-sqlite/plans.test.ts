import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { createKnownFiles } from '../../../../src-core/adapters/imports-sqlite/known-files.ts';
import { createLedger } from '../../../../src-core/adapters/imports-sqlite/ledger.ts';
import { migrations } from '../../../../src-core/adapters/imports-sqlite/migrations.ts';
import { createRuns } from '../../../../src-core/adapters/imports-sqlite/runs.ts';
import { createSidecars } from '../../../../src-core/adapters/imports-sqlite/sidecars.ts';
import { openDatabase, type Database, type Statement } from '../../../../src-core/adapters/sqlite/database.ts';

// Without statistics SQLite takes the primary key for what is asked of one catalog or import, and then reads all of its
// million rows: 0.1 to 0.2 s of CPU, for every page and every inode.

/** The database, and how SQLite would go about the statements that were run last, besides the look for the import. */
async function openPlanned(): Promise<{ db: Database; plansOf: (work: Promise<unknown>) => Promise<string[]> }> {
  const db = await openDatabase({ path: ':memory:', migrations, unavailable: 'DATA_DIR_UNUSABLE' });
  onTestFinished(() => db.close());
  const plans: string[] = [];
  function sql(text: string): Statement {
    const statement = db.sql(text);
    const planned = {
      ...statement,
      all: (...values) => {
        const steps = db.raw.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values);
        plans.push(steps.map(({ detail }) => detail).join('; '));
        return statement.all(...values);
      },
      get: (...values) => planned.all(...values)[0],
      run: (...values) => statement.run(...values),
    } as Statement;
    return planned;
  }
  async function plansOf(work: Promise<unknown>): Promise<string[]> {
    await work;
    return plans.splice(0).filter((plan) => !plan.includes('imports'));
  }
  return { db: { ...db, sql }, plansOf };
}

it('reads no more of a catalog than what is asked for', async () => {
  const { db, plansOf } = await openPlanned();
  const known = createKnownFiles(db);
  const sidecars = createSidecars(db);
  const [catalogId, sourceId] = [randomUUID(), randomUUID()];
  const ofKnown = async (which: Parameters<typeof known.known>[1]): Promise<string[]> => [
    ...(await plansOf(known.known(catalogId, which, 10, '/b'))),
    ...(await plansOf(known.countKnown(catalogId, which))),
  ];
  expect(await ofKnown({ sourceId })).toEqual([
    'SEARCH files USING INDEX files_source (source_id=? AND name>?)',
    'SEARCH files USING COVERING INDEX files_source (source_id=?)',
  ]);
  expect(await ofKnown({ missing: true })).toEqual([
    'SEARCH files USING INDEX files_missing_names (catalog_id=? AND name>?)',
    'SEARCH files USING INDEX files_missing_names (catalog_id=?)',
  ]);
  for (const which of [{ under: '/a' }, { prefix: '/a' }, { under: '/a', missing: false }]) {
    const plan = 'SEARCH files USING PRIMARY KEY (catalog_id=? AND name>? AND name<?)';
    expect(await ofKnown(which)).toEqual([plan, plan]);
  }
  expect(await plansOf(known.byInode(catalogId, [7]))).toEqual([
    'SEARCH files USING INDEX files_inode (catalog_id=? AND inode=?)',
  ]);
  expect(await plansOf(known.missingByHash(catalogId, ['aa']))).toEqual([
    'SEARCH files USING INDEX files_missing (catalog_id=? AND content_hash=?)',
  ]);
  expect(await plansOf(known.hasMissing(catalogId))).toEqual([
    'SEARCH files USING INDEX files_missing_names (catalog_id=?)',
  ]);
  expect(await plansOf(sidecars.waitingSidecars(catalogId, 10))).toEqual([
    'SEARCH sidecars USING INDEX sidecars_waiting (catalog_id=? AND name>?)',
  ]);
});

it('reads no more of a ledger than what is asked for', async () => {
  const { db, plansOf } = await openPlanned();
  const [runs, ledger, known] = [createRuns(db, Date.now), createLedger(db, Date.now), createKnownFiles(db)];
  const source = await runs.ensureSource({ catalogId: randomUUID(), kind: 'folder', root: '/a', path: '/a' });
  const { id } = await runs.openImport({
    sourceId: source.id,
    catalogId: source.catalogId,
    priority: 'normal',
    manifest: null,
  });
  await plansOf(Promise.resolve());
  const page = async (which: Parameters<typeof ledger.ledger>[1]) => plansOf(ledger.ledger(id, which, 10));
  expect(await page({})).toEqual(['SEARCH ledger USING PRIMARY KEY (import=? AND name>?)']);
  expect(await page({ outcomes: ['open'] })).toEqual(['SEARCH ledger USING INDEX ledger_open (import=? AND name>?)']);
  for (const which of [{ outcomes: ['failed'] }, { codes: ['FILE_EMPTY'] }] as const) {
    expect(await page(which)).toEqual(['SEARCH ledger USING INDEX ledger_failed (import=? AND name>?)']);
  }
  const [itself, inside] = await plansOf(known.unseen(id, { under: '/a' }, 10));
  expect(itself).toMatch(/^SEARCH f USING PRIMARY KEY \(catalog_id=\? AND name=\?\)/);
  expect(inside).toMatch(/^SEARCH f USING PRIMARY KEY \(catalog_id=\? AND name>\? AND name<\?\)/);
  const [ofSource] = await plansOf(known.unseen(id, 'source', 10));
  expect(ofSource).toMatch(/^SEARCH f USING INDEX files_source \(source_id=\? AND name>\?\)/);
});
