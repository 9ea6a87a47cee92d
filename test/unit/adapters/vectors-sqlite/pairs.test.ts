import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { catalogRow } from '../../../../src-core/adapters/vectors-sqlite/catalogs.ts';
import { createLiveMatrix } from '../../../../src-core/adapters/vectors-sqlite/live-matrix.ts';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { pairsAfter, type PairsOptions } from '../../../../src-core/adapters/vectors-sqlite/pairs.ts';
import { MIGRATIONS } from '../../../../src-core/adapters/vectors-sqlite/schema.ts';
import { openDatabase } from '../../../../src-core/adapters/sqlite/database.ts';
import { normalise } from '../../../../src-core/domain/search.ts';
import type { StoredImage } from '../../../../src-core/ports/vector-store.ts';
import { image } from '../../../contract/vector-store/samples.ts';
import { randomFrom } from '../../../support/random.ts';
import { runChild } from '../../../support/run-child.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import type { PairsMemory } from './pairs-child.ts';

const DIMENSION = 32;

/** A catalog of vectors in clusters, and a second handle on its file, as the finder has one. */
async function setUp(count: number, spread: number) {
  const path = join(await tempDir(), 'vectors.db');
  const store = await openSqliteVectors({ path });
  const db = await openDatabase({ path, migrations: MIGRATIONS, unavailable: 'STORE_UNAVAILABLE' });
  onTestFinished(async () => {
    db.close();
    await store.close();
  });
  const { normal, below } = randomFrom(11);
  const draw = () => Float32Array.from({ length: DIMENSION }, normal);
  const centres = Array.from({ length: Math.ceil(count / 6) }, draw);
  const catalog = await store.ensureCatalog({ name: 'pictures', model: 'm', dimension: DIMENSION });
  const images = Array.from({ length: count }, (_, i) => {
    const centre = centres[below(centres.length)]!;
    return image(catalog, `${i}.jpg`, {}, normalise(draw().map((value, at) => spread * value + centre[at]!)));
  });
  for (let i = 0; i < count; i += 200) await store.upsert(catalog.id, images.slice(i, i + 200));
  const live = createLiveMatrix(db);

  async function current() {
    const row = await db.read(() => catalogRow(db, catalog.id));
    await live.load(row);
    return db.read(() => ({ catalog: row, matrix: live.current(row)! }));
  }

  /** All pairs, `idA idB` in order. `meanwhile` runs beside each step. */
  async function all(least: number, options: PairsOptions, meanwhile: () => Promise<void> = async () => {}) {
    const found = new Set<string>();
    for (let cursor: string | null | undefined; cursor !== null;) {
      const [page] = await Promise.all([pairsAfter(db, await current(), least, cursor, options), meanwhile()]);
      for (const { a, b } of page.pairs) found.add(nameOf(page.pictures[a]!.imageId, page.pictures[b]!.imageId));
      cursor = page.next;
    }
    return found;
  }
  return { store, catalog, images, current, all };
}

const nameOf = (...ids: string[]): string => ids.toSorted().join(' ');

function bruteForce(images: readonly StoredImage[], least: number): string[] {
  return images
    .flatMap((one, i) =>
      images.slice(i + 1).flatMap((other) => {
        const score = one.vector.reduce((sum, value, at) => sum + value * other.vector[at]!, 0);
        return score >= least ? [nameOf(one.record.imageId, other.record.imageId)] : [];
      }),
    )
    .toSorted();
}

test('finds the same in blocks and pieces of any size as each with each does', async () => {
  const { images, all } = await setUp(500, 0.25);
  const wanted = new Map([0.9, 0.95].map((least) => [least, bruteForce(images, least)]));
  expect(wanted.get(0.95)!.length).toBeGreaterThan(50);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 8, max: 700 }),
      fc.constantFrom(0.9, 0.95),
      async (block, piece, least) => {
        expect([...(await all(least, { block, piece }))].toSorted()).toEqual(wanted.get(least));
      },
    ),
    {
      numRuns: 12,
      examples: [
        [1, 8, 0.9],
        [64, 499, 0.9],
        [500, 500, 0.95],
      ],
    },
  );
});

test.each([
  ['one after another', 20],
  ['in one large one', 600],
])('misses nothing that stays while pictures are added and taken out, in blocks %s', async (_, block) => {
  const { store, catalog, images, current, all } = await setUp(600, 0.25);
  const gone = images.filter((_one, i) => i % 3 === 0);
  const left = images.filter((_one, i) => i % 3 !== 0);
  let added = 0;
  const found = await all(0.9, { block, piece: 8, stepMs: 0 }, async () => {
    for (let i = 0; i < 15; i++) {
      const imageIds = gone.splice(0, 4).map(({ record }) => record.imageId);
      await store.delete(catalog.id, { imageIds });
      if (i % 5 === 4) await store.upsert(catalog.id, [image(catalog, `late-${++added}.jpg`)]);
      // As a search does that gets through: what was written is in the codes from here on.
      await current();
    }
  });
  expect(await store.count(catalog.id)).toBe(left.length + gone.length + added);
  expect(bruteForce(left, 0.9).filter((pair) => !found.has(pair))).toEqual([]);
});

test('needs little memory beside the codes', { timeout: 300_000 }, async () => {
  const { codes, loaded, peak, share } = await runChild<PairsMemory>(join(import.meta.dirname, 'pairs-child.ts'), [
    join(await tempDir(), 'vectors.db'),
    '25000',
  ]);
  expect(codes).toBeGreaterThan(6);
  expect(share).toBe(1);
  expect(peak - loaded).toBeLessThan(96);
});
