import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  beginningNumber,
  indexNumbers,
  wordNumber,
} from '../../../../src-core/adapters/vectors-qdrant/word-numbers.ts';
import type { ImageRecord } from '../../../../src-core/domain/image-record.ts';
import { image, MODEL, names } from '../../../contract/vector-store/samples.ts';
import { openStore, serverOfFile } from './server.ts';

const at = serverOfFile();

async function storeOf(facts: Record<string, Partial<ImageRecord>>) {
  const store = await openStore(at.server);
  const catalog = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
  const images = Object.entries(facts).map(([name, changes]) => image(catalog, name, changes));
  await store.upsert(catalog.id, images);
  return async (text: string) => names(await store.searchWords({ catalogId: catalog.id, text, limit: 10 }));
}

/** Two words that are the same number to the server; among 300,000 there are some ten pairs. */
function sameNumber(): [string, string] {
  const words = new Map<number, string>();
  for (let i = 0; i < 300_000; i++) {
    const word = createHash('md5').update(String(i)).digest('hex');
    const other = words.get(wordNumber(word));
    if (other) return [other, word];
    words.set(wordNumber(word), word);
  }
  throw new Error('no two words have the same number');
}

describe('numbers of words', () => {
  test('two words with the same number are not taken for each other', async () => {
    const [one, other] = sameNumber();
    expect(wordNumber(one)).toBe(wordNumber(other));
    const find = await storeOf({
      'one.jpg': { name: one },
      'other.jpg': { name: other },
      'both.jpg': { name: `${one} ${other}` },
    });
    expect(await find(one)).toEqual(['both.jpg', 'one.jpg']);
    expect(await find(other)).toEqual(['both.jpg', 'other.jpg']);
    expect(await find(`${one} ${other}`)).toEqual(['both.jpg']);
  });

  test('a word is not its own beginning, nor that of another', () => {
    expect(
      new Set([wordNumber('shoe'), beginningNumber('shoe'), beginningNumber('shoes'), wordNumber('shoes')]).size,
    ).toBe(4);
    expect(beginningNumber('shoes', 4)).toBe(beginningNumber('shoe'));
  });

  test('a record is found by its words and their beginnings, from two letters on', () => {
    const record = { fileName: 'shoe', title: null, caption: null, keywords: [], canonicalName: 'shoe' };
    const expected = [wordNumber('shoe'), beginningNumber('sh'), beginningNumber('sho')];
    expect(indexNumbers(record).toSorted()).toEqual(expected.toSorted());
  });
});

test('the beginning of a long word may be long', async () => {
  const long = 'donaudampfschifffahrtsgesellschaft';
  const find = await storeOf({ 'a.jpg': { name: long } });
  for (let length = 2; length <= long.length; length++) expect(await find(long.slice(0, length))).toEqual(['a.jpg']);
  expect(await find(`${long.slice(0, 20)}x`)).toEqual([]);
  expect(await find(`${long}en`)).toEqual([]);
});

test('a record without a word can be stored, and is found by none', async () => {
  const find = await storeOf({ 'a.jpg': { fileName: '—', canonicalName: '/—/—' }, 'b.jpg': { name: 'b' } });
  expect(await find('b')).toEqual(['b.jpg']);
});
