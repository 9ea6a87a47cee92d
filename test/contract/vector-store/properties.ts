import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { Filter } from '../../../src-core/domain/search.ts';
import type { StoredImage, VectorStore } from '../../../src-core/ports/vector-store.ts';
import { ids, MODEL, type OpenStores, record, vector } from './samples.ts';

type Step =
  | { verb: 'upsert'; images: { name: number; version: number; product: number; seed: number }[] }
  | { verb: 'delete'; names: number[] }
  | { verb: 'deleteProduct'; product: number }
  | { verb: 'setProduct'; names: number[]; product: number | null }
  | { verb: 'search'; seed: number; limit: number; product: number | null }
  | { verb: 'read'; product: number };

const name = fc.nat(14);
const product = fc.nat(3);
const seed = fc.integer({ min: 1, max: 400 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant('upsert' as const),
      images: fc.uniqueArray(fc.record({ name, version: fc.nat(5), product, seed }), {
        selector: (one) => one.name,
        minLength: 1,
        maxLength: 6,
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ verb: fc.constant('delete' as const), names: fc.array(name, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('deleteProduct' as const), product }) },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constant('setProduct' as const),
      names: fc.array(name, { maxLength: 4 }),
      product: fc.option(product),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant('search' as const),
      seed,
      limit: fc.integer({ min: 1, max: 20 }),
      product: fc.option(product),
    }),
  },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('read' as const), product }) },
);

/** The store as a map. */
type Model = Map<string, StoredImage>;

const ofProduct = (product: number): Filter => [{ field: 'productId', anyOf: [`P${product}`] }];
const inProduct = (model: Model, product: number): StoredImage[] =>
  [...model.values()].filter((one) => one.record.productId === `P${product}`);

/** What the store answered, and what the model does. */
type Answers = [answered: unknown, expected: unknown];

async function run(store: VectorStore, catalog: Catalog, model: Model, step: Step): Promise<Answers> {
  const toIds = (names: number[]): string[] => [...new Set(names.map((one) => record(catalog, `${one}.jpg`).imageId))];
  switch (step.verb) {
    case 'upsert': {
      const images = step.images.map((one) => ({
        record: record(catalog, `${one.name}.jpg`, { version: one.version, productId: `P${one.product}` }),
        vector: vector(one.seed),
      }));
      const fenced: string[] = [];
      for (const image of images) {
        const { imageId, version } = image.record;
        if (version < (model.get(imageId)?.record.version ?? version)) fenced.push(imageId);
        else model.set(imageId, image);
      }
      const answer = await store.upsert(catalog.id, images);
      return [answer.fenced.toSorted(), fenced.toSorted()];
    }
    case 'delete': {
      const imageIds = toIds(step.names);
      const known = imageIds.filter((id) => model.delete(id));
      return [await store.delete(catalog.id, { imageIds }), known.length];
    }
    case 'deleteProduct': {
      const gone = inProduct(model, step.product);
      for (const { record } of gone) model.delete(record.imageId);
      return [await store.delete(catalog.id, { filter: ofProduct(step.product) }), gone.length];
    }
    case 'setProduct': {
      const imageIds = toIds(step.names);
      const known = imageIds.flatMap((id) => model.get(id) ?? []);
      for (const { record } of known) {
        if (step.product === null) delete record.productId;
        else record.productId = `P${step.product}`;
      }
      const patch = { productId: step.product === null ? null : `P${step.product}` };
      return [await store.setPayload(catalog.id, [{ imageIds, patch }]), known.length];
    }
    case 'search': {
      const query = vector(step.seed);
      const among = step.product === null ? [...model.values()] : inProduct(model, step.product);
      const scoreOf = (one: StoredImage): number => one.vector.reduce((sum, value, i) => sum + value * query[i]!, 0);
      const best = among.map(scoreOf).toSorted((a, b) => b - a);
      const filter = step.product === null ? [] : ofProduct(step.product);
      const hits = await store.search({ catalogId: catalog.id, like: [{ vector: query }], limit: step.limit, filter });
      const known = hits.flatMap((hit) => model.get(hit.record.imageId) ?? []);
      const differences = hits.map((hit, rank) =>
        Math.max(Math.abs(hit.score - best[rank]!), Math.abs(hit.score - scoreOf(known[rank]!))),
      );
      return [
        { records: hits.map((hit) => hit.record), wrong: differences.filter((difference) => difference > 1e-3) },
        { records: known.slice(0, Math.min(step.limit, best.length)).map((one) => one.record), wrong: [] },
      ];
    }
    case 'read': {
      const filter = ofProduct(step.product);
      const expected = inProduct(model, step.product);
      const facets = await store.facets(catalog.id, 'productId', 10);
      const byWords = await store.searchWords({ catalogId: catalog.id, text: `jpg P${step.product}`, limit: 100 });
      return [
        {
          all: await store.count(catalog.id),
          count: await store.count(catalog.id, filter),
          ids: ids(await store.scroll(catalog.id, 100, undefined, filter)),
          byWords: ids(byWords),
          facet: facets.find(({ value }) => value === `P${step.product}`)?.count ?? 0,
        },
        { all: model.size, count: expected.length, ids: ids(expected), byWords: ids(expected), facet: expected.length },
      ];
    }
  }
}

export function testProperties(open: OpenStores): void {
  test('two handles on one store answer as a map of pictures does, whatever is done through which', async () => {
    const stores = await open(2);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(1), step), { maxLength: 40 }), async (steps) => {
        const catalog = await stores[0].ensureCatalog({ name: `round ${round++}`, model: MODEL, dimension: 8 });
        const model: Model = new Map();
        for (const [handle, one] of steps) {
          const [answered, expected] = await run(stores[handle]!, catalog, model, one);
          expect(answered).toEqual(expected);
        }
        await stores[0].dropCatalog(catalog.id);
      }),
      { numRuns: 60 },
    );
  });
}
