import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import type { Catalog } from '../../../../src-core/domain/catalog.ts';
import type { ImageRecord } from '../../../../src-core/domain/image-record.ts';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { image, MODEL } from '../../../contract/vector-store/samples.ts';
import { randomFrom } from '../../../support/random.ts';
import { tempDir } from '../../../support/temp-dir.ts';

type Facts = Partial<ImageRecord>;

/** Handles on a new store with pictures of these facts in three catalogs, of which the second is answered. */
async function storesOf(facts: readonly Facts[]): Promise<{ one: VectorStore; two: VectorStore; catalog: Catalog }> {
  const path = join(await tempDir(), 'vectors.db');
  const [one, two] = [await openSqliteVectors({ path }), await openSqliteVectors({ path })];
  onTestFinished(async () => void (await Promise.all([one.close(), two.close()])));
  const catalogs: Catalog[] = [];
  for (const name of ['before', 'pictures', 'after']) {
    const catalog = await one.ensureCatalog({ name, model: MODEL, dimension: 8 });
    const images = facts.map((fact, i) => image(catalog, `${i}.jpg`, fact));
    for (let i = 0; i < images.length; i += 250) await one.upsert(catalog.id, images.slice(i, i + 250));
    catalogs.push(catalog);
  }
  return { one, two, catalog: catalogs[1]! };
}

const many = (count: number, factsOf: (i: number) => Facts): Facts[] =>
  Array.from({ length: count }, (_, i) => factsOf(i));

const found = (hits: readonly { record: ImageRecord }[]): string[] => hits.map(({ record }) => record.fileName);

test('a frequent word is looked for in all that the rare one finds, where those that are likeliest do not have it', async () => {
  // Four of five have `usual`; of those that have `rare`, only a few, and these mention it last.
  const { one, catalog } = await storesOf(
    many(2_000, (i) =>
      i % 5 > 0 ? { name: 'usual' } : i % 400 === 5 ? { description: 'much that is usual and rare' } : { name: 'rare' },
    ),
  );
  const search = (text: string) => one.searchWords({ catalogId: catalog.id, text, limit: 10 });
  expect(found(await search('rare usual')).toSorted()).toEqual(['1205.jpg', '1605.jpg', '405.jpg', '5.jpg', '805.jpg']);
  expect(found(await search('usual rar'))).toHaveLength(5);
  expect(found(await search('rare us'))).toHaveLength(5);
  expect(found(await search('rare nowhere'))).toEqual([]);
});

test('a filter that lets few pass finds as many as are asked for, of the likeliest', async () => {
  const { one, catalog } = await storesOf(
    many(3_000, (i) => ({
      width: 1 + (i % 100),
      ...(i % 1_000 === 900 ? { name: 'common' } : { description: 'what is common' }),
    })),
  );
  const search = (most: number, limit: number) =>
    one.searchWords({
      catalogId: catalog.id,
      text: 'common ',
      limit,
      filter: [{ field: 'width', range: { lte: most } }],
    });
  for (const [most, limit, wanted] of [
    [1, 10, 10],
    [1, 100, 30],
    [30, 1_000, 900],
    [100, 200, 200],
  ] as const) {
    const hits = await search(most, limit);
    expect(hits).toHaveLength(wanted);
    expect(found(hits.slice(0, 3)).toSorted()).toEqual(['1900.jpg', '2900.jpg', '900.jpg']);
    expect(hits.every(({ record }) => record.width <= most)).toBe(true);
  }
});

test('a record that became short is among the likeliest at once, whichever handle wrote it', async () => {
  const long = 'a word among quite a few others that stand here for no reason';
  const { one, two, catalog } = await storesOf(many(600, () => ({ description: long })));
  const best = async (): Promise<string> =>
    found(await one.searchWords({ catalogId: catalog.id, text: 'word', limit: 10 }))[0]!;
  const shorten = (store: VectorStore, name: string) =>
    store.setPayload(catalog.id, [
      { imageIds: [image(catalog, name).record.imageId], patch: { description: 'word ' } },
    ]);
  await best();
  await shorten(one, '590.jpg');
  expect(await best()).toBe('590.jpg');
  await one.delete(catalog.id, { imageIds: [image(catalog, '590.jpg').record.imageId] });
  await best();
  await shorten(two, '580.jpg');
  expect(await best()).toBe('580.jpg');
});

/** Frequencies of the words `aa`, `ab` …; `ay` is only where `aa` is, `az` only where it is not. */
const SHARES = [0.05, 0.1, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 1];
const ORDINARY = SHARES.map((_, i) => `a${String.fromCharCode(97 + i)}`);

test('whatever is asked for: as many as match, or as are asked for, and none that does not match', async () => {
  const { below, uniform } = randomFrom(7);
  const texts = Array.from({ length: 2_000 }, () => {
    const words = ORDINARY.filter((_, i) => uniform() < SHARES[i]!);
    return [...words, words.includes('aa') ? 'ay' : 'az', `azx${ORDINARY[below(9)]}`];
  });
  const widths = texts.map(() => 1 + below(100));
  const { one, catalog } = await storesOf(
    texts.map((words, i) => ({ [i % 3 ? 'description' : 'name']: words.join(' '), width: widths[i]! })),
  );
  const words = [...ORDINARY, 'ay', 'az', 'azx', 'azxad', 'a'];
  for (let n = 0; n < 150; n++) {
    const wanted = Array.from({ length: 1 + below(5) }, () => words[below(words.length)]!);
    const [most, limit] = [[1, 10, 50, 100][below(4)]!, [1, 10, 300][below(3)]!];
    const filter = most < 100 ? [{ field: 'width' as const, range: { lte: most } }] : [];
    const hits = await one.searchWords({ catalogId: catalog.id, text: wanted.join(' '), filter, limit });
    const last = wanted.at(-1)!;
    const matches = (i: number): boolean =>
      widths[i]! <= most &&
      wanted.every((word) => word === last || texts[i]!.includes(word)) &&
      texts[i]!.some((word) => (last.length > 1 ? word.startsWith(last) : word === last));
    const matching = texts.filter((_, i) => matches(i)).length;
    const asked = `${wanted.join(' ')}, width ≤ ${most}, limit ${limit}`;
    expect({ asked, hits: hits.length }).toEqual({ asked, hits: Math.min(limit, matching) });
    expect(found(hits).filter((name) => !matches(Number.parseInt(name, 10)))).toEqual([]);
  }
});
