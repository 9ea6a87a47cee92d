import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { normalise } from '../../src-core/domain/search.ts';
import type { StoredImage, VectorStore } from '../../src-core/ports/vector-store.ts';
import { recordAt } from '../bench/words-records.ts';
import { startCli } from './cli.ts';
import { randomFrom } from './random.ts';

/** For tests and benchmarks of `imagefleet copy`, which run it in processes of its own and kill them. */

export const CATALOG = 'shop';
const BATCH = 1_000;

/** A data dir whose store has a catalog of this many pictures, as an import would have left it; the catalog's id. */
export async function fillDataDir(dataDir: string, count: number, dimension = 32): Promise<string> {
  const random = randomFrom(1);
  return withStore(dataDir, async (store) => {
    const { id } = await store.ensureCatalog({ name: CATALOG, model: 'default-160', dimension });
    for (let at = 0; at < count; at += BATCH) {
      const images = Array.from({ length: Math.min(BATCH, count - at) }, (_, i): StoredImage => {
        const vector = normalise(Float32Array.from({ length: dimension }, random.normal));
        const metadata = { n: at + i, colour: ['red', 'blue'][i % 2], sizes: [36, 37.5, null] };
        return { record: { ...recordAt(id, at + i), model: 'default-160', version: 1 + at, metadata }, vector };
      });
      await store.upsert(id, images);
    }
    return id;
  });
}

/** Opens the embedded store of a data dir, and closes it again. */
export async function withStore<T>(dataDir: string, work: (store: VectorStore) => Promise<T>): Promise<T> {
  await mkdir(dataDir, { recursive: true });
  const store = await openSqliteVectors({ path: join(dataDir, 'vectors.db') });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Throws unless both hold the same records, with vectors that are the same to within 1e-6. Answers how many. */
export async function assertEqual(one: VectorStore, other: VectorStore, catalogId: string): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ;) {
    const [here, there] = await Promise.all([
      one.scroll(catalogId, BATCH, after),
      other.scroll(catalogId, BATCH, after),
    ]);
    assert.deepEqual(
      there.map(({ record }) => record),
      here.map(({ record }) => record),
    );
    for (const [i, { vector }] of here.entries()) assert.ok(distance(vector, there[i]!.vector) < 1e-6);
    count += here.length;
    after = here.at(-1)?.record.imageId;
    if (here.length < BATCH) return count;
  }
}

function distance(one: Float32Array, other: Float32Array): number {
  assert.equal(other.length, one.length);
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
}

/** The JSON of a copy that must come to its end. */
export async function copyJson(dataDir: string, ...args: string[]): Promise<CopyDocument> {
  const { code, stdout, stderr } = await startCli(dataDir, ['copy', '--json', ...args]).ended;
  if (code !== 0) throw new Error(`copy ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as CopyDocument;
}

export interface CopyDocument {
  records: number;
  copied: number;
  unchanged: number;
  duration_seconds: number;
  records_per_second: number;
}

/**
 * Starts a copy and kills it with SIGKILL as soon as `half` says so. It must not have come to its end by then: `half` has
 * to hold it up, or to be asked of something slow.
 */
export async function killCopy(dataDir: string, args: readonly string[], half: () => Promise<boolean>): Promise<void> {
  const { child, ended, output } = startCli(dataDir, ['copy', ...args]);
  while (!(await half())) {
    if (child.exitCode !== null) throw new Error(`the copy ended before it was killed: ${JSON.stringify(output())}`);
    await sleep(2);
  }
  child.kill('SIGKILL');
  await ended;
  assert.equal(child.signalCode, 'SIGKILL');
}

/**
 * Kills a copy into the embedded store of a data dir when it has written so many records: looks while it holds the write
 * lock, so that the copy can get no further. Answers how many there were.
 */
export async function killCopyInto(dataDir: string, args: readonly string[], records: number): Promise<number> {
  await withStore(dataDir, async () => {}); // so that there is a file to look into
  const db = new DatabaseSync(join(dataDir, 'vectors.db'), { timeout: 10_000 });
  let count = 0;
  try {
    await killCopy(dataDir, args, async () => {
      db.exec('BEGIN IMMEDIATE');
      const row = db.prepare('SELECT coalesce(sum(images), 0) AS count FROM catalogs').get() as { count: number };
      count = row.count;
      if (count >= records) return true;
      db.exec('ROLLBACK');
      return false;
    });
  } finally {
    db.close();
  }
  return count;
}
