import { describe, expect, test } from 'vitest';
import { MOST_ALIKE, type PairsPage } from '../../../src-core/domain/duplicates.ts';
import { normalise } from '../../../src-core/domain/search.ts';
import type { StoredImage, VectorStore } from '../../../src-core/ports/vector-store.ts';
import { randomFrom } from '../../support/random.ts';
import { appError, atCosine, axis, image, type OpenStores, vector, withCatalog } from './samples.ts';

/** All steps, each pair once: `idA idB` in order, with its score. */
async function allPairs(store: VectorStore, catalogId: string, least: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  let page: PairsPage | undefined;
  do {
    page = await store.similarPairs(catalogId, least, page?.next ?? undefined);
    for (const { a, b, score } of page.pairs) {
      found.set(nameOf(page.pictures[a]!.imageId, page.pictures[b]!.imageId), score);
    }
  } while (page.next !== null);
  expect(page).toMatchObject({ share: 1, compared: page.total });
  return found;
}

const nameOf = (...ids: string[]): string => ids.toSorted().join(' ');

function bruteForce(images: readonly StoredImage[], least: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const [i, one] of images.entries()) {
    for (const other of images.slice(i + 1)) {
      const score = one.vector.reduce((sum, value, at) => sum + value * other.vector[at]!, 0);
      if (score >= least) found.set(nameOf(one.record.imageId, other.record.imageId), score);
    }
  }
  return found;
}

export function testSimilarPairs(open: OpenStores): void {
  describe('similar pairs', () => {
    test('those that reach the least score, with what a group needs to know of them', async () => {
      const { store, catalog } = await withCatalog(open);
      const images = [
        image(catalog, 'a.jpg', { contentHash: 'same', productId: 'P1' }, axis(0)),
        image(catalog, 'b.jpg', { contentHash: 'same' }, axis(0)),
        image(catalog, 'c.jpg', {}, atCosine(0.95)),
        image(catalog, 'd.jpg', {}, axis(3)),
      ];
      await store.upsert(catalog.id, images);
      expect(await allPairs(store, catalog.id, 0.9)).toEqual(
        new Map([...bruteForce(images, 0.9)].map(([name, score]) => [name, expect.closeTo(score, 3)])),
      );
      expect(await allPairs(store, catalog.id, 0.96)).toHaveLength(1);
      const { pictures } = await store.similarPairs(catalog.id, 0.9);
      expect(pictures.find(({ productId }) => productId === 'P1')).toEqual({
        imageId: images[0]!.record.imageId,
        contentHash: 'same',
        productId: 'P1',
      });
      expect(
        pictures.filter(({ contentHash, productId }) => contentHash === 'same' && productId === null),
      ).toHaveLength(1);
    });

    test('all that a comparison of each with each finds, also after others were taken out', async () => {
      const { store, catalog } = await withCatalog(open, 40);
      const random = randomFrom(7);
      const images = Array.from({ length: 400 }, (_, i) => {
        const middle = vector(i % 60, 40);
        return image(
          catalog,
          `${i}.jpg`,
          {},
          normalise(middle.map((value) => value + 0.08 * (random.uniform() - 0.5))),
        );
      });
      for (let i = 0; i < images.length; i += 200) await store.upsert(catalog.id, images.slice(i, i + 200));
      await allPairs(store, catalog.id, 0.9);
      const gone = images.filter((_, i) => i % 7 === 3);
      await store.delete(catalog.id, { imageIds: gone.map(({ record }) => record.imageId) });
      const left = images.filter((one) => !gone.includes(one));
      for (const least of [0.9, 0.97]) {
        const wanted = bruteForce(left, least);
        expect(wanted.size).toBeGreaterThan(100);
        expect([...(await allPairs(store, catalog.id, least)).keys()].toSorted()).toEqual(
          [...wanted.keys()].toSorted(),
        );
      }
    });

    test('of many that are all alike, some for each, by which all hang together', async () => {
      const { store, catalog } = await withCatalog(open);
      const images = Array.from({ length: 150 }, (_, i) => image(catalog, `${i}.jpg`, {}, axis(0)));
      await store.upsert(catalog.id, images);
      const pairs = await allPairs(store, catalog.id, 0.9);
      expect(pairs.size).toBeLessThanOrEqual(150 * MOST_ALIKE);
      const reached = new Set([images[0]!.record.imageId]);
      for (let before = 0; before !== reached.size;) {
        before = reached.size;
        for (const name of pairs.keys()) {
          const both = name.split(' ');
          if (both.some((id) => reached.has(id))) for (const id of both) reached.add(id);
        }
      }
      expect(reached.size).toBe(150);
    });

    test('an empty catalog has none; a cursor that is none is refused, and a catalog that is not there', async () => {
      const { store, catalog } = await withCatalog(open);
      expect(await store.similarPairs(catalog.id, 0.9)).toEqual({
        pictures: [],
        pairs: [],
        compared: 0,
        total: 0,
        share: 1,
        next: null,
      });
      await expect(store.similarPairs(catalog.id, 0.9, 'x')).rejects.toMatchObject(appError('INVALID_INPUT', /cursor/));
      await expect(store.similarPairs(catalog.id, 0.1)).rejects.toMatchObject(appError('INVALID_INPUT', /minScore/));
      await expect(store.similarPairs('00000000-0000-4000-8000-000000000000', 0.9)).rejects.toMatchObject(
        appError('NOT_FOUND'),
      );
    });
  });
}
