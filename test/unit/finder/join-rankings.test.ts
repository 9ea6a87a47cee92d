import { expect, test } from 'vitest';
import type { SearchHit } from '../../../src-core/domain/search.ts';
import { joinRankings } from '../../../src-core/finder/join-rankings.ts';
import { record } from '../../contract/vector-store/samples.ts';

const catalog = { id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8', name: 'c', model: 'm', dimension: 8, createdAt: 0 };
const ranking = (...files: string[]): SearchHit[] =>
  files.map((file, i) => ({ record: record(catalog, file), score: 0.9 - i / 10 }));

test('one ranking stays as it is', () => {
  const hits = joinRankings({ words: ranking('a', 'b', 'c') }, 2);
  expect(hits.map(({ record, score, foundBy, ranks }) => [record.fileName, score, foundBy, ranks])).toEqual([
    ['a', 0.9, ['words'], { words: 1 }],
    ['b', 0.8, ['words'], { words: 2 }],
  ]);
});

test('two are joined by ranks: what both find comes first', () => {
  const hits = joinRankings({ picture: ranking('a', 'b', 'c'), words: ranking('d', 'c', 'e', 'f') }, 5);
  expect(hits.map(({ record, foundBy, ranks }) => [record.fileName, foundBy, ranks])).toEqual([
    ['c', ['picture', 'words'], { picture: 3, words: 2 }],
    ['a', ['picture'], { picture: 1 }],
    ['d', ['words'], { words: 1 }],
    ['b', ['picture'], { picture: 2 }],
    ['e', ['words'], { words: 3 }],
  ]);
  expect(hits[0]!.score).toBeCloseTo(1 / 63 + 1 / 62, 9);
  expect(hits[1]!.score).toBeCloseTo(1 / 61, 9);
});

test('both asked and one without a hit: the other’s order', () => {
  const hits = joinRankings({ picture: ranking('a', 'b'), words: [] }, 5);
  expect(hits.map(({ record }) => record.fileName)).toEqual(['a', 'b']);
  expect(joinRankings({ picture: [], words: [] }, 5)).toEqual([]);
});
