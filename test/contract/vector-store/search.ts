import { describe, expect, test } from 'vitest';
import { combineExamples, type SearchHit } from '../../../src-core/domain/search.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import { atCosine, axis, appError, image, names, type OpenStores, record, vector, withCatalog } from './samples.ts';

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/**
 * How far the hits are from being the best of `images`: the largest difference of a score from the true one, and from
 * that which belongs to its rank (what ties with the last may stand for it). Infinite when one is missing or twice.
 */
function distanceFromBest(hits: SearchHit[], images: StoredImage[], query: Float32Array, limit: number): number {
  const scores = new Map(images.map((one) => [one.record.imageId, cosine(one.vector, query)]));
  const best = [...scores.values()].toSorted((a, b) => b - a).slice(0, limit);
  if (new Set(hits.map((hit) => hit.record.imageId)).size !== best.length) return Infinity;
  const differences = hits.map(({ record, score }, rank) =>
    Math.max(Math.abs(score - best[rank]!), Math.abs(score - (scores.get(record.imageId) ?? Infinity))),
  );
  return Math.max(0, ...differences);
}

export function testSearch(open: OpenStores): void {
  describe('search', () => {
    test('best first, with whole records and cosines', async () => {
      const { store, catalog } = await withCatalog(open);
      const cosines = [0.2, 0.9, -0.5, 0.6];
      const images = cosines.map((at) => image(catalog, `${at}.jpg`, { name: `at ${at}` }, atCosine(at)));
      await store.upsert(catalog.id, images);
      const hits = await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 3 });
      expect(hits.map((hit) => hit.record.fileName)).toEqual(['0.9.jpg', '0.6.jpg', '0.2.jpg']);
      expect(hits.map((hit) => hit.score)).toEqual([0.9, 0.6, 0.2].map((score) => expect.closeTo(score, 3)));
      expect(hits[0]!.record).toEqual(images[1]!.record);
    });

    test('an empty catalog has no hits', async () => {
      const { store, catalog } = await withCatalog(open);
      expect(await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 10 })).toEqual([]);
    });

    test.each([1, 10, 100, 1_000])('the best %i of 1,500 are the best', async (limit) => {
      const { store, catalog } = await withCatalog(open, 40);
      const images = Array.from({ length: 1_500 }, (_, i) => image(catalog, `${i}.jpg`, {}, vector(i + 1, 40)));
      for (let i = 0; i < images.length; i += 250) await store.upsert(catalog.id, images.slice(i, i + 250));
      const query = vector(0.5, 40);
      const hits = await store.search({ catalogId: catalog.id, like: [{ vector: query }], limit });
      expect(distanceFromBest(hits, images, query, limit)).toBeLessThan(1e-3);
    });

    test('a filter of any width finds the best that pass', async () => {
      const { store, catalog } = await withCatalog(open, 40);
      const images = Array.from({ length: 1_200 }, (_, i) =>
        image(catalog, `${i}.jpg`, { width: i + 1, productId: `P${i}` }, vector(i + 1, 40)),
      );
      for (let i = 0; i < images.length; i += 200) await store.upsert(catalog.id, images.slice(i, i + 200));
      const query = images[7]!.vector;
      for (const most of [1, 20, 300, 1_199]) {
        const passing = images.filter((one) => one.record.width <= most);
        const byWidth = [{ field: 'width' as const, range: { lte: most } }];
        const byProduct = [
          { field: 'productId' as const, anyOf: passing.slice(0, 1_000).map((one) => one.record.productId!) },
        ];
        const search = { catalogId: catalog.id, like: [{ vector: query }], limit: 15 };
        expect(distanceFromBest(await store.search({ ...search, filter: byWidth }), passing, query, 15)).toBeLessThan(
          1e-3,
        );
        expect(
          distanceFromBest(await store.search({ ...search, filter: byProduct }), passing.slice(0, 1_000), query, 15),
        ).toBeLessThan(1e-3);
      }
    });

    test.each(['width', 'capturedAt'] as const)(
      'a filter by %s that passes only what is far finds it',
      async (field) => {
        const { store, catalog } = await withCatalog(open, 40);
        const query = vector(0.5, 40);
        const ranked = Array.from({ length: 3_000 }, (_, i) => vector(i + 1, 40)).toSorted(
          (a, b) => cosine(b, query) - cosine(a, query),
        );
        const images = ranked.map((at, rank) => image(catalog, `${rank}.jpg`, { [field]: rank + 1 }, at));
        for (let i = 0; i < images.length; i += 250) await store.upsert(catalog.id, images.slice(i, i + 250));
        for (const passing of [20, 800]) {
          const filter = [{ field, range: { gt: images.length - passing } }];
          const hits = await store.search({ catalogId: catalog.id, like: [{ vector: query }], limit: 15, filter });
          expect(distanceFromBest(hits, images.slice(-passing), query, 15)).toBeLessThan(1e-3);
        }
      },
    );

    test('by a stored picture, which is left out itself', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [
        image(catalog, 'query.jpg', {}, axis(0)),
        image(catalog, 'twin.jpg', {}, axis(0)),
        image(catalog, 'near.jpg', {}, atCosine(0.8)),
        image(catalog, 'far.jpg', {}, axis(3)),
      ]);
      const like = [{ imageId: record(catalog, 'query.jpg').imageId }];
      const hits = await store.search({ catalogId: catalog.id, like, limit: 2 });
      expect(hits.map((hit) => hit.record.fileName)).toEqual(['twin.jpg', 'near.jpg']);
      expect(hits[0]!.score).toBeCloseTo(1, 3);
    });

    test('several likes and dislikes are weighed as combineExamples says', async () => {
      const { store, catalog } = await withCatalog(open, 40);
      const images = Array.from({ length: 300 }, (_, i) => image(catalog, `${i}.jpg`, {}, vector(i + 1, 40)));
      for (let i = 0; i < images.length; i += 100) await store.upsert(catalog.id, images.slice(i, i + 100));
      const file = vector(0.25, 40);
      const [liked, disliked] = [images[3]!, images[11]!];
      const hits = await store.search({
        catalogId: catalog.id,
        like: [{ imageId: liked.record.imageId }, { vector: file }],
        unlike: [{ imageId: disliked.record.imageId }],
        limit: 20,
      });
      const query = combineExamples([liked.vector, file], [disliked.vector]);
      const others = images.filter((one) => one !== liked && one !== disliked);
      expect(distanceFromBest(hits, others, query, 20)).toBeLessThan(1e-3);
    });

    test('minScore is inclusive', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [
        image(catalog, 'same.jpg', {}, vector(3)),
        image(catalog, 'other.jpg', {}, vector(4)),
        image(
          catalog,
          'opposite.jpg',
          {},
          vector(3).map((value) => -value),
        ),
      ]);
      const search = (minScore: number) =>
        store.search({ catalogId: catalog.id, like: [{ vector: vector(3) }], limit: 10, minScore });
      expect(names(await search(1))).toEqual(['same.jpg']);
      const other = cosine(vector(3), vector(4));
      expect(names(await search(other - 0.002))).toEqual(['other.jpg', 'same.jpg']);
      expect(names(await search(other + 0.002))).toEqual(['same.jpg']);
      expect(names(await search(-1))).toEqual(['opposite.jpg', 'other.jpg', 'same.jpg']);
    });

    test('ties are all there, in any order', async () => {
      const { store, catalog } = await withCatalog(open);
      const same = Array.from({ length: 120 }, (_, i) => image(catalog, `${i}.jpg`, {}, axis(2)));
      await store.upsert(catalog.id, same);
      const hits = await store.search({ catalogId: catalog.id, like: [{ vector: axis(2) }], limit: 120 });
      expect(names(hits)).toEqual(names(same));
      expect(hits.every((hit) => Math.abs(hit.score - 1) < 1e-3)).toBe(true);
    });

    test('a zero vector scores 0 with all', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [
        image(catalog, 'black.jpg', {}, new Float32Array(8)),
        image(catalog, 'a.jpg', {}, axis(0)),
      ]);
      const hits = await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 10 });
      expect(hits.map((hit) => [hit.record.fileName, Math.round(hit.score * 1_000)])).toEqual([
        ['a.jpg', 1_000],
        ['black.jpg', 0],
      ]);
    });

    test('sees at once what another handle writes', async () => {
      const [writer, searcher] = await open(2);
      const catalog = await writer.ensureCatalog({ name: 'pictures', model: 'm', dimension: 8 });
      const best = async () =>
        (await searcher!.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1 }))[0]?.record.fileName;
      expect(await best()).toBeUndefined();
      await writer.upsert(catalog.id, [image(catalog, 'a.jpg', {}, atCosine(0.5))]);
      expect(await best()).toBe('a.jpg');
      await writer.upsert(catalog.id, [image(catalog, 'b.jpg', {}, atCosine(0.7))]);
      expect(await best()).toBe('b.jpg');
      await writer.upsert(catalog.id, [image(catalog, 'a.jpg', {}, atCosine(0.9))]);
      expect(await best()).toBe('a.jpg');
    });

    test('refuses what makes no sense, and names it', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [image(catalog, 'a.jpg')]);
      const search = (changes: object) =>
        store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 10, ...changes });
      const unknown = record(catalog, 'unknown.jpg').imageId;
      await expect(search({ like: [{ imageId: unknown }] })).rejects.toMatchObject(
        appError('NOT_FOUND', new RegExp(unknown)),
      );
      await expect(search({ unlike: [{ imageId: unknown }] })).rejects.toMatchObject(
        appError('NOT_FOUND', new RegExp(unknown)),
      );
      await expect(search({ like: [{ vector: vector(1, 4) }] })).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /8.*4/),
      );
      await expect(search({ like: [{ vector: axis(0).fill(NaN, 0, 1) }] })).rejects.toMatchObject(
        appError('INVALID_INPUT', /finite/),
      );
      await expect(search({ like: [] })).rejects.toMatchObject(appError('INVALID_INPUT', /like/));
      await expect(search({ limit: 0 })).rejects.toMatchObject(appError('INVALID_INPUT', /limit/));
      await expect(search({ limit: 1_001 })).rejects.toMatchObject(appError('INVALID_INPUT', /limit/));
      await expect(search({ minScore: 1.5 })).rejects.toMatchObject(appError('INVALID_INPUT', /minScore/));
    });
  });
}
