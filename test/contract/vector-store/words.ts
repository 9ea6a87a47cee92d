import { describe, expect, test } from 'vitest';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { appError, image, MODEL, names, type OpenStores, record, withCatalog } from './samples.ts';

type Facts = Partial<ImageRecord>;

const SHOP: Record<string, Facts> = {
  'shoes/IMG_0042-blue.jpg': { name: 'Blue canvas sneaker', productId: 'SKU-0017/B', keywords: ['summer', 'été'] },
  'shoes/IMG_0043.jpg': { name: 'Crème brûlée slipper', title: 'Łódź', description: 'Soft, warm, for the house' },
  'hats/DSC00042.jpg': { name: 'Straw hat', caption: 'On the beach of Ålesund', keywords: ['red', 'summer hat'] },
  'asia/1.jpg': { name: '红色高跟鞋', description: '蓝色连衣裙' },
  'asia/2.jpg': { name: '東京タワーの写真', keywords: ['スニーカー'] },
  'asia/3.jpg': { name: '빨간 운동화를 신은' },
  'asia/4.jpg': { name: 'รองเท้าสีแดง' },
};

const FOUND: [what: string, text: string, found: string[]][] = [
  ['a word of a name', 'sneaker', ['IMG_0042-blue.jpg']],
  ['capitals', 'SNEAKER', ['IMG_0042-blue.jpg']],
  ['accents that are not typed', 'creme brulee', ['IMG_0043.jpg']],
  ['accents that are typed', 'SÛMMER', ['DSC00042.jpg', 'IMG_0042-blue.jpg']],
  ['accents taken apart', 'e\u0301te\u0301', ['IMG_0042-blue.jpg']],
  ['letters with a stroke', 'lodz', ['IMG_0043.jpg']],
  ['a word of a caption', 'alesund', ['DSC00042.jpg']],
  ['a word of a description', 'warm', ['IMG_0043.jpg']],
  ['words of several fields', 'summer blue 0017', ['IMG_0042-blue.jpg']],
  ['all words or none', 'blue hat', []],
  ['a word twice', 'blue blue', ['IMG_0042-blue.jpg']],
  ['the beginning of the last word', 'canvas sne', ['IMG_0042-blue.jpg']],
  ['no beginning of another word', 'sne canvas', []],
  ['no beginning of one letter', 's', []],
  ['no end of a word', 'neaker', []],
  ['a product id', 'SKU-0017/B', ['IMG_0042-blue.jpg']],
  ['a part of a product id', 'sku 17', ['IMG_0042-blue.jpg']],
  ['a file name', 'IMG_0042-blue.jpg', ['IMG_0042-blue.jpg']],
  ['a file name’s beginning', 'IMG_0042', ['IMG_0042-blue.jpg']],
  ['the number of a file', 'img 42', ['IMG_0042-blue.jpg']],
  ['a number of a word with letters', '42', ['DSC00042.jpg', 'IMG_0042-blue.jpg']],
  ['letters and digits together', 'dsc00042', ['DSC00042.jpg']],
  ['a folder', 'hats', ['DSC00042.jpg']],
  ['Chinese', '红色', ['1.jpg']],
  ['a part of a Chinese word', '鞋', ['1.jpg']],
  ['the end of a Chinese word', '跟鞋', ['1.jpg']],
  ['Chinese in another order', '鞋跟', []],
  ['Chinese in several fields', '高跟鞋 连衣裙', ['1.jpg']],
  ['Japanese', '写真', ['2.jpg']],
  ['Japanese in several scripts', '東京タワー', ['2.jpg']],
  ['half-width katakana', 'ｽﾆｰｶｰ', ['2.jpg']],
  ['Korean with another ending', '운동화', ['3.jpg']],
  ['Thai', 'รองเท้า', ['4.jpg']],
  ['quotes and operators are no words', '"sneaker" AND (NEAR(* blue - : ^ ', []],
  ['punctuation around words', '"blue" * (sneaker) + {canvas} : - ^', ['IMG_0042-blue.jpg']],
  ['an injection', `blue'); DELETE FROM words; --`, []],
  ['a column’s name', 'naming : blue', []],
];

/** A catalog of these pictures, by name; and a search in it. */
async function storeOf(open: OpenStores, facts: Record<string, Facts>) {
  const { store, catalog } = await withCatalog(open);
  await store.upsert(
    catalog.id,
    Object.entries(facts).map(([name, changes]) => image(catalog, name, changes)),
  );
  const search = (text: string, changes: object = {}) =>
    store.searchWords({ catalogId: catalog.id, text, limit: 100, ...changes });
  return { store, catalog, search };
}

export function testWords(open: OpenStores): void {
  describe('searchWords', () => {
    test('finds the records that have all words', async () => {
      const { search } = await storeOf(open, SHOP);
      const answers = [];
      for (const [what, text] of FOUND) answers.push([what, text, names(await search(text))]);
      expect(answers).toEqual(FOUND);
    });

    test('hits are whole records with scores above 0, best first, at most `limit`', async () => {
      const { catalog, search } = await storeOf(open, SHOP);
      const hits = await search('summer');
      expect(hits.map((hit) => hit.record)).toContainEqual(
        record(catalog, 'hats/DSC00042.jpg', SHOP['hats/DSC00042.jpg']),
      );
      expect(hits.every(({ score }) => score > 0)).toBe(true);
      expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).toSorted((a, b) => b - a));
      expect(await search('summer', { limit: 1 })).toHaveLength(1);
    });

    test('what names a picture comes before what mentions it, a whole word before a beginning, little before much', async () => {
      const { search } = await storeOf(open, {
        'a.jpg': { name: 'lamp', description: 'a chair stands beside it' },
        'b.jpg': { name: 'chair', description: 'a lamp stands beside it' },
        'c.jpg': { name: 'chairlift', description: 'a lamp stands beside it' },
        'd.jpg': { name: 'vase' },
        'e.jpg': { name: 'vase of glass, blown by hand in a workshop that has done nothing else for centuries' },
      });
      expect((await search('chair')).map((hit) => hit.record.fileName)[0]).toBe('b.jpg');
      const byBeginning = (await search('chai')).map((hit) => hit.record.fileName);
      expect(byBeginning.toSorted()).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
      const chair = (await search('chair', { filter: [{ field: 'name', prefix: 'chair' }] })).map(
        (hit) => hit.record.fileName,
      );
      expect(chair).toEqual(['b.jpg', 'c.jpg']);
      expect((await search('vase')).map((hit) => hit.record.fileName)).toEqual(['d.jpg', 'e.jpg']);
    });

    test('the best of many, and as many as are asked for', async () => {
      const { store, catalog, search } = await storeOf(open, {});
      const images = Array.from({ length: 1_500 }, (_, i) =>
        image(catalog, `${i}.jpg`, {
          description: 'a common thing among many others, said at some length',
          ...(i % 300 === 7 && { name: 'common' }),
          ...(i % 3 === 0 && { productId: `common-${i}` }),
        }),
      );
      for (let i = 0; i < images.length; i += 250) await store.upsert(catalog.id, images.slice(i, i + 250));
      expect(names(await search('common', { limit: 5 }))).toHaveLength(5);
      expect(names(await search('common thi', { limit: 1_000 }))).toHaveLength(1_000);
      const named = await search('common', { limit: 10, filter: [{ field: 'name', exists: true }] });
      expect(names(named)).toEqual(names(images.filter((one) => one.record.name)));
      const first = await search('common', { limit: 505 });
      expect(first.every((hit) => hit.record.name !== undefined || hit.record.productId !== undefined)).toBe(true);
    });

    test('filters, of every width', async () => {
      const { store, catalog, search } = await storeOf(open, {});
      const images = Array.from({ length: 900 }, (_, i) =>
        image(catalog, `${i}.jpg`, { name: i % 2 ? 'odd' : 'even', width: i + 1, productId: `P${i}` }),
      );
      for (let i = 0; i < images.length; i += 225) await store.upsert(catalog.id, images.slice(i, i + 225));
      for (const most of [1, 20, 600, 900]) {
        const odd = images.filter((one) => one.record.width <= most && one.record.name === 'odd');
        const byWidth = await search('odd', { limit: 1_000, filter: [{ field: 'width', range: { lte: most } }] });
        expect(names(byWidth)).toEqual(names(odd));
        const anyOf = images.slice(0, most).map((one) => one.record.productId!);
        const byProduct = await search('odd', { limit: 1_000, filter: [{ field: 'productId', anyOf }] });
        expect(names(byProduct)).toEqual(names(odd));
      }
      expect(await search('odd', { filter: [{ field: 'productId', anyOf: ['P2'] }] })).toEqual([]);
    });

    test('what is missing is found, with its mark', async () => {
      const { search } = await storeOf(open, { 'gone.jpg': { name: 'gone', missingSince: 77 } });
      expect((await search('gone'))[0]!.record.missingSince).toBe(77);
    });

    test('sees at once what another handle writes', async () => {
      const [writer, searcher] = await open(2);
      const catalog = await writer.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
      const other = await writer.ensureCatalog({ name: 'other', model: MODEL, dimension: 8 });
      const find = async (text: string, { id } = catalog) =>
        names(await searcher!.searchWords({ catalogId: id, text, limit: 10 }));
      const a = (changes: Facts) => image(catalog, 'a.jpg', changes);
      const imageIds = [a({}).record.imageId];
      expect(await find('old')).toEqual([]);
      await writer.upsert(catalog.id, [a({ name: 'old', keywords: ['kept'] }), image(catalog, 'b.jpg')]);
      await writer.upsert(other.id, [image(other, 'c.jpg', { name: 'old' })]);
      expect([await find('old'), await find('old', other)]).toEqual([['a.jpg'], ['c.jpg']]);
      await writer.upsert(catalog.id, [a({ name: 'newer', keywords: ['kept'], version: 2 })]);
      await writer.upsert(catalog.id, [a({ name: 'fenced', version: 1 })]);
      expect([await find('old'), await find('fenced'), await find('newer')]).toEqual([[], [], ['a.jpg']]);
      await writer.setPayload(catalog.id, [
        { imageIds, patch: { name: 'patched', title: 'titled' } },
        { imageIds, patch: { missingSince: 5 } },
      ]);
      expect([await find('newer'), await find('patched titled kept')]).toEqual([[], ['a.jpg']]);
      await writer.setPayload(catalog.id, [{ imageIds, patch: { keywords: null, title: null } }]);
      expect([await find('kept'), await find('titled'), await find('patched')]).toEqual([[], [], ['a.jpg']]);
      await writer.delete(catalog.id, { imageIds });
      expect([await find('patched'), await find('b')]).toEqual([[], ['b.jpg']]);
      await writer.delete(catalog.id, { filter: [{ field: 'fileName', anyOf: ['b.jpg'] }] });
      expect(await find('b')).toEqual([]);
      await writer.dropCatalog(catalog.id);
      await expect(find('patched')).rejects.toMatchObject(appError('NOT_FOUND'));
      expect(await find('old', other)).toEqual(['c.jpg']);
      const again = await writer.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
      expect(await find('patched', again)).toEqual([]);
    });

    test('records and queries of any length', async () => {
      const { search } = await storeOf(open, {
        'long.jpg': {
          name: 'needle',
          description: Array.from({ length: 4_000 }, (_, i) => `w${i}`)
            .join(' ')
            .slice(0, 20_000),
          keywords: ['x'.repeat(300), `${'y'.repeat(63)}𝒵𝒵`],
        },
        'chinese.jpg': { name: 'needle', description: '针'.repeat(20_000) },
      });
      expect(names(await search('needle'))).toEqual(['chinese.jpg', 'long.jpg']);
      expect(names(await search('x'.repeat(300)))).toEqual(['long.jpg']);
      expect(names(await search(`${'y'.repeat(63)}𝒵𝒵`))).toEqual(['long.jpg']);
      expect(names(await search('w0 w1 w2 '.repeat(1_111)))).toEqual(['long.jpg']);
      expect(names(await search('needle '.repeat(1_428)))).toEqual(['chinese.jpg', 'long.jpg']);
      expect(names(await search('针'.repeat(10_000)))).toEqual(['chinese.jpg']);
      // The first 32 words count.
      const many = Array.from({ length: 2_000 }, (_, i) => `w${i}`).join(' ');
      expect(names(await search(many))).toEqual(['long.jpg']);
    });

    test('refuses what makes no sense, and names it', async () => {
      const { search } = await storeOf(open, SHOP);
      for (const text of ['', '  ', '"*"', '—…!', '🔥', '\u0301']) {
        await expect(search(text)).rejects.toMatchObject(appError('INVALID_INPUT', /no letter or digit/));
      }
      await expect(search('hat', { limit: 0 })).rejects.toMatchObject(appError('INVALID_INPUT', /limit/));
      await expect(search('hat', { limit: 1_001 })).rejects.toMatchObject(appError('INVALID_INPUT', /limit/));
      await expect(search('hat', { filter: [{ field: 'width', anyOf: ['1'] }] })).rejects.toMatchObject(
        appError('INVALID_INPUT', /width/),
      );
    });
  });
}
