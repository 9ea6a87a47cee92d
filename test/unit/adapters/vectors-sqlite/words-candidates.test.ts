import { expect, test } from 'vitest';
import type { CatalogRow } from '../../../../src-core/adapters/vectors-sqlite/catalogs.ts';
import { tellingTerms } from '../../../../src-core/adapters/vectors-sqlite/words-candidates.ts';
import { inverseFrequency } from '../../../../src-core/domain/words.ts';

const IMAGES = 1_000_000;
const CATALOG: CatalogRow = {
  number: 1,
  id: 'c',
  name: 'pictures',
  model: 'm',
  dimension: 8,
  created_at: 0,
  images: IMAGES,
  next_row: IMAGES + 1,
  seq: IMAGES,
  unworded: 0,
};

/** Shares of the records by word; a word that ends with `*` may go on. */
function telling(shares: Record<string, number>): string[] {
  const terms = Object.entries(shares).map(([name, share]) => {
    const having = share * IMAGES;
    const idf = inverseFrequency(having, IMAGES);
    return { word: name.replace('*', ''), mayGoOn: name.endsWith('*'), having, idf };
  });
  return tellingTerms(terms, CATALOG, 10).map(({ word, mayGoOn }) => (mayGoOn ? `${word}*` : word));
}

test.each([
  ['the only one', { all: 1 }, ['all']],
  ['the only one, a beginning', { 'al*': 0 }, ['al*']],
  ['what all have is not asked for', { img: 1, tapir: 0.02, pictures: 0.99, jpg: 1 }, ['tapir']],
  ['what all have, alone', { img: 1, pictures: 0.99 }, ['pictures']],
  ['words that almost all have', { tapir: 0.02, much: 0.86, more: 0.87 }, ['tapir', 'much']],
  ['until few are expected', { a: 0.1, b: 0.01, c: 0.01, d: 0.2 }, ['b', 'c']],
  ['frequent ones together', { lemur: 0.15, indri: 0.15 }, ['lemur', 'indri']],
  ['a beginning always', { okapi: 0.00001, 'pic*': 0 }, ['okapi', 'pic*']],
  ['a beginning, of which nobody knows how rare', { sku: 0.3, '42*': 0.000001 }, ['sku', '42*']],
  ['nothing beside a beginning that all have', { img: 1, '42*': 0.000001 }, ['42*']],
  ['not a beginning that all have as a word', { tapir: 0.02, 'jpg*': 1 }, ['tapir']],
  ['a word that none has', { nowhere: 0, img: 1, tapir: 0.02 }, ['nowhere']],
])('%s', (_, shares, wanted) => {
  expect(telling(shares)).toEqual(wanted);
});
