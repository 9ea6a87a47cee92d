import { describe, expect, test } from 'vitest';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { Condition, Filter } from '../../../src-core/domain/search.ts';
import { axis, appError, image, names, type OpenStores, withCatalog } from './samples.ts';

const RECORDS: Record<string, Partial<ImageRecord>> = {
  'shoes/red.jpg': {
    productId: 'SKU-1',
    name: 'Red shoe',
    keywords: ['shoe', 'red'],
    width: 100,
    capturedAt: 1_000,
    metadata: {
      price: 10,
      size: '42',
      tags: ['new', 'sale'],
      sold: true,
      'size.eu': 'odd',
      nothing: null,
      deep: { a: 1 },
    },
  },
  'shoes/blue.jpg': {
    productId: 'SKU-2',
    keywords: ['shoe'],
    width: 200,
    capturedAt: 2_000,
    metadata: { price: 20.5, size: 42, tags: 'sale', sold: false },
  },
  'shoes2/green.png': {
    productId: 'sku-1',
    format: 'png',
    width: 300,
    importId: 'import-1',
    metadata: { sold: 'true' },
  },
  'hats/straw.gif': { name: 'Hat %_*', format: 'gif', width: 400, capturedAt: -5.5, missingSince: 9 },
};

const cases: [string, Filter, string[]][] = [
  ['none', [], ['blue.jpg', 'green.png', 'red.jpg', 'straw.gif']],
  ['a text', [{ field: 'productId', anyOf: ['SKU-1'] }], ['red.jpg']],
  ['one of several', [{ field: 'productId', anyOf: ['SKU-1', 'sku-1', 'no'] }], ['green.png', 'red.jpg']],
  [
    'not, where it may be absent',
    [{ field: 'productId', anyOf: ['SKU-1'], not: true }],
    ['blue.jpg', 'green.png', 'straw.gif'],
  ],
  ['a number', [{ field: 'width', anyOf: [200, 400] }], ['blue.jpg', 'straw.gif']],
  ['a list', [{ field: 'keywords', anyOf: ['red', 'hat'] }], ['red.jpg']],
  ['not in a list', [{ field: 'keywords', anyOf: ['red'], not: true }], ['blue.jpg', 'green.png', 'straw.gif']],
  ['a list’s start', [{ field: 'keywords', prefix: 'sh' }], ['blue.jpg', 'red.jpg']],
  ['a range', [{ field: 'width', range: { gte: 200, lt: 400 } }], ['blue.jpg', 'green.png']],
  ['an open range', [{ field: 'width', range: { gt: 200 } }], ['green.png', 'straw.gif']],
  ['a range of what may be absent', [{ field: 'capturedAt', range: { lte: 1_000 } }], ['red.jpg', 'straw.gif']],
  ['not in a range', [{ field: 'capturedAt', range: { lte: 1_000 }, not: true }], ['blue.jpg', 'green.png']],
  ['a folder', [{ field: 'canonicalName', prefix: '/pictures/shoes/' }], ['blue.jpg', 'red.jpg']],
  ['outside a folder', [{ field: 'canonicalName', prefix: '/pictures/shoes/', not: true }], ['green.png', 'straw.gif']],
  ['a start with wildcards in it', [{ field: 'name', prefix: 'Hat %_' }], ['straw.gif']],
  ['wildcards mean themselves', [{ field: 'name', prefix: '%' }], []],
  ['exists', [{ field: 'importId', exists: true }], ['green.png']],
  ['does not exist', [{ field: 'missingSince', exists: false }], ['blue.jpg', 'green.png', 'red.jpg']],
  ['an empty list does not exist', [{ field: 'keywords', exists: false }], ['green.png', 'straw.gif']],
  ['metadata text', [{ field: 'metadata.size', anyOf: ['42'] }], ['red.jpg']],
  ['metadata number', [{ field: 'metadata.size', anyOf: [42] }], ['blue.jpg']],
  ['metadata of any kind', [{ field: 'metadata.size', anyOf: ['42', 42] }], ['blue.jpg', 'red.jpg']],
  ['metadata true', [{ field: 'metadata.sold', anyOf: [true] }], ['red.jpg']],
  ['metadata list or one', [{ field: 'metadata.tags', anyOf: ['sale'] }], ['blue.jpg', 'red.jpg']],
  ['metadata range', [{ field: 'metadata.price', range: { gt: 10 } }], ['blue.jpg']],
  ['a metadata range passes over text', [{ field: 'metadata.size', range: { gte: 0 } }], ['blue.jpg']],
  ['a metadata key with a dot', [{ field: 'metadata.size.eu', anyOf: ['odd'] }], ['red.jpg']],
  ['metadata start', [{ field: 'metadata.size', prefix: '4' }], ['red.jpg']],
  ['metadata exists', [{ field: 'metadata.price', exists: true }], ['blue.jpg', 'red.jpg']],
  ['metadata null does not exist', [{ field: 'metadata.nothing', exists: true }], []],
  ['metadata is not', [{ field: 'metadata.sold', anyOf: [true], not: true }], ['blue.jpg', 'green.png', 'straw.gif']],
  [
    'all must hold',
    [
      { field: 'keywords', anyOf: ['shoe'] },
      { field: 'width', range: { gt: 100 } },
      { field: 'productId', exists: true },
    ],
    ['blue.jpg'],
  ],
  ['nothing', [{ field: 'fileName', anyOf: ['no.jpg'] }], []],
];

const refused: [string, unknown, RegExp][] = [
  ['an unknown field', { field: 'colour', anyOf: ['red'] }, /filter/],
  ['text in a number’s place', { field: 'width', anyOf: ['100'] }, /width.*numbers/],
  ['a number in a text’s place', { field: 'productId', anyOf: [1] }, /productId.*text/],
  ['a range of text', { field: 'productId', range: { gt: 1 } }, /productId.*range/],
  ['the start of a number', { field: 'width', prefix: '1' }, /width.*prefix/],
  ['an empty list', { field: 'width', anyOf: [] }, /filter/],
  ['an empty range', { field: 'width', range: {} }, /gte/],
  ['two tests in one', { field: 'width', anyOf: [1], exists: true }, /filter/],
];

export function testFilters(open: OpenStores): void {
  describe('filters', () => {
    test('count, scroll and search agree on what passes', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(
        catalog.id,
        Object.entries(RECORDS).map(([name, changes]) => image(catalog, name, changes)),
      );
      const answers: unknown[] = [];
      const expected: unknown[] = [];
      for (const [what, filter, passing] of cases) {
        const hits = await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 100, filter });
        const found = {
          scrolled: names(await store.scroll(catalog.id, 100, undefined, filter)),
          searched: names(hits),
          counted: await store.count(catalog.id, filter),
        };
        answers.push([what, found]);
        expected.push([what, { scrolled: passing, searched: passing, counted: passing.length }]);
      }
      expect(answers).toEqual(expected);
    });

    test.each(refused)('refuses %s', async (_, condition, message) => {
      const { store, catalog } = await withCatalog(open);
      const filter = [condition as Condition];
      await expect(store.count(catalog.id, filter)).rejects.toMatchObject(appError('INVALID_INPUT', message));
      await expect(store.delete(catalog.id, { filter })).rejects.toMatchObject(appError('INVALID_INPUT', message));
      const query = { catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1, filter };
      await expect(store.search(query)).rejects.toMatchObject(appError('INVALID_INPUT', message));
    });
  });
}
