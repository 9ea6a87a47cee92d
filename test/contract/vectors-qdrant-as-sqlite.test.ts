import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import { type Condition, FILTER_FIELDS, type Filter, type FilterField } from '../../src-core/domain/search.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openStore, serverOfFile } from '../unit/adapters/vectors-qdrant/server.ts';
import { ids, image, MODEL } from './vector-store/samples.ts';

const at = serverOfFile();

const TEXTS = [
  '',
  'a',
  'ab',
  'a"b',
  'a\\b',
  'a\\',
  'a\u0001b',
  'ä',
  'A',
  '*',
  'true',
  '42',
  '1.5',
  '写真',
  'a b',
  '\u0001a',
];
const NUMBERS = [-5.5, 0, 1, 42, 1.5, 2 ** 53 - 1, 1e300, 0.1 + 0.2, 1.7e12 + 0.123_456];
const KEYS = ['a', 'a.b', 'a"b', ' ', 'size[]', '写'];
const FOLDERS = ['/p/', '/p/a/', '/p/ab/', 'C:/p/', '//host/share/'];

const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(...NUMBERS);
const scalar = fc.oneof(text, number, fc.boolean());
const metadata = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.constant(null), fc.constant({ deep: 1 })),
);
const record: fc.Arbitrary<Partial<ImageRecord>> = fc.record(
  {
    productId: text,
    name: text,
    keywords: fc.array(text, { maxLength: 3 }),
    importId: fc.option(text),
    sourceId: fc.option(text),
    canonicalName: fc.tuple(fc.constantFrom(...FOLDERS), text).map(([folder, name]) => `${folder}${name}`),
    metadata,
    mtimeMs: number,
    width: fc.constantFrom(1, 42, 640),
    capturedAt: fc.option(number),
    missingSince: fc.option(number),
    description: fc.constantFrom('blue shoe', 'blueish shoes', 'Ein blauer Schuh', '青い靴'),
  },
  { requiredKeys: [] },
);

const field = fc.constantFrom(...(Object.keys(FILTER_FIELDS) as FilterField[]));
const metadataField = fc.constantFrom(...KEYS).map((key) => `metadata.${key}` as const);
const not = fc.constantFrom({}, { not: true });
const folderPart = fc.tuple(fc.constantFrom(...FOLDERS, ''), text).map((parts) => parts.join(''));

function testsOf(name: Condition['field']): fc.Arbitrary<Condition> {
  const kind = name.startsWith('metadata.') ? 'any' : FILTER_FIELDS[name as FilterField];
  const values = kind === 'any' ? scalar : kind === 'number' ? number : name === 'canonicalName' ? folderPart : text;
  const tests: fc.Arbitrary<object>[] = [
    fc.record({ anyOf: fc.array(values as fc.Arbitrary<string>, { minLength: 1, maxLength: 4 }) }),
  ];
  if (kind === 'any' || kind === 'number') {
    const bounds = fc.record({ gte: number, gt: number, lte: number, lt: number }, { requiredKeys: [] });
    tests.push(fc.record({ range: bounds.filter((range) => Object.keys(range).length > 0) }));
  }
  if (kind !== 'number') {
    const start = (name === 'canonicalName' ? folderPart : text).filter((prefix) => prefix !== '');
    tests.push(fc.record({ prefix: start }));
  }
  const tested = fc
    .tuple(fc.oneof(...tests), not)
    .map(([test, not]) => ({ field: name, ...test, ...not }) as Condition);
  const exists = fc.boolean().map((exists): Condition => ({ field: name, exists }));
  return fc.oneof({ weight: 4, arbitrary: tested }, { weight: 1, arbitrary: exists });
}

const condition = fc.oneof(field, metadataField).chain(testsOf);
const filter: fc.Arbitrary<Filter> = fc.array(condition, { minLength: 1, maxLength: 3 });

/** The same pictures in one store of each kind. */
async function both() {
  const sqlite = await openSqliteVectors({ path: join(await tempDir(), 'vectors.db') });
  onTestFinished(() => sqlite.close());
  const qdrant = await openStore(at.server);
  return { sqlite, qdrant };
}

/** What the stores answer, in an order of its own where they need not agree on one. */
async function answersOf(store: VectorStore, catalogId: string, filter: Filter, facet: Condition['field']) {
  const facets = await store.facets(catalogId, facet, 1_000, filter);
  const words = await store.searchWords({ catalogId, text: 'blue sho', filter, limit: 1_000 });
  return {
    count: await store.count(catalogId, filter),
    scrolled: await store.scroll(catalogId, 1_000, undefined, filter).then((images) => images.map((one) => one.record)),
    facets: facets.map(({ value, count }) => JSON.stringify([value, count])).toSorted(),
    words: ids(words),
  };
}

test('answers every filter as the embedded store does', async () => {
  const { sqlite, qdrant } = await both();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(filter, fc.oneof(field, metadataField)), { minLength: 1, maxLength: 8 }),
      async (records, questions) => {
        const catalog = await qdrant.ensureCatalog({ name: `round ${round++}`, model: MODEL, dimension: 8 });
        await sqlite.ensureCatalog(catalog);
        const images = records.map((changes, i) => image(catalog, `${i}.jpg`, changes));
        for (const store of [sqlite, qdrant]) await store.upsert(catalog.id, images);
        for (const [filter, facet] of questions) {
          const expected = await answersOf(sqlite, catalog.id, filter, facet);
          expect({ filter, ...(await answersOf(qdrant, catalog.id, filter, facet)) }).toEqual({ filter, ...expected });
        }
        const first = questions[0]![0];
        const deleted = await sqlite.delete(catalog.id, { filter: first });
        expect(await qdrant.delete(catalog.id, { filter: first })).toBe(deleted);
        expect(await qdrant.count(catalog.id)).toBe(images.length - deleted);
        for (const store of [sqlite, qdrant]) await store.dropCatalog(catalog.id);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
