import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import type { SearchHit } from '../../domain/search.ts';
import { inverseFrequency, parseWords, weightOf, wordWeights } from '../../domain/words.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import { WORDS } from './build-collection.ts';
import type { Connection } from './connection.ts';
import { type QdrantCondition, toConditions } from './filter.ts';
import { RECORD_FIELDS, toRecord } from './payload.ts';
import type { Places } from './places.ts';
import { pageSize } from './reads.ts';
import { beginningNumber, wordNumber } from './word-numbers.ts';

interface Term {
  word: string;
  mayGoOn: boolean;
  idf: number;
}

/** Candidates beyond those that are asked for: the server's order leaves out what a beginning is worth. */
const MORE = 50;
/** Of those that have only a beginning of the last word, which the server does not rank at all. */
const UNRANKED = 256;

export function createWordsSearch(connection: Connection, places: Places): Pick<VectorStore, 'searchWords'> {
  return {
    async searchWords({ catalogId, text, filter, limit }) {
      parseOrThrow(z.object({ limit: pageSize }), { limit }, 'search');
      const { words, lastMayGoOn } = parseWords(text);
      const conditions = toConditions(filter);
      return places.within(catalogId, async ({ alias }) => {
        const count = async (must: QdrantCondition[]): Promise<number> =>
          (await connection.send(alias, (client) => client.count(alias, { filter: { must }, exact: true }))).count;
        const [all, ...having] = await Promise.all([count([]), ...words.map((word) => count([hasWord(word)]))]);
        const terms = words.map((word, i): Term => ({
          word,
          mayGoOn: lastMayGoOn && i === words.length - 1,
          idf: inverseFrequency(having[i]!, all!),
        }));
        const must = [...conditions, ...terms.map(hasTerm)];

        const found = await Promise.all([
          findRanked(connection, alias, terms, must, limit),
          findBegun(connection, alias, terms, must, limit),
        ]);
        const hits = new Map(found.flat().map((hit) => [hit.record.imageId, hit]));
        return [...hits.values()].toSorted((a, b) => b.score - a.score).slice(0, limit);
      });
    },
  };
}

/** The best of those that have at least one of the words whole, as the server ranks them: by Σ idf × weight. */
async function findRanked(
  connection: Connection,
  alias: string,
  terms: readonly Term[],
  must: QdrantCondition[],
  limit: number,
): Promise<SearchHit[]> {
  const indices = [...new Set(terms.map(({ word }) => wordNumber(word)))];
  const query = { indices, values: indices.map(() => 1) };
  const hits: SearchHit[] = [];
  const page = limit + MORE;
  for (let offset = 0; hits.length < limit; offset += page) {
    const { points } = await connection.send(alias, (client) =>
      client.query(alias, {
        query,
        using: WORDS,
        filter: { must },
        limit: page,
        offset,
        with_payload: RECORD_FIELDS,
      }),
    );
    for (const { id, payload } of points) hits.push(...toHits(toRecord(payload, id), terms));
    if (points.length < page) break;
  }
  return hits;
}

/** Those that have none of the words whole: when there is only one word, and it may be the beginning of another. */
async function findBegun(
  connection: Connection,
  alias: string,
  terms: readonly Term[],
  must: QdrantCondition[],
  limit: number,
): Promise<SearchHit[]> {
  const [term] = terms;
  if (!term?.mayGoOn || terms.length > 1) return [];
  const filter = { must, must_not: [hasWord(term.word)] };
  const hits: SearchHit[] = [];
  const enough = Math.max(limit, UNRANKED);
  for (let offset: string | number | undefined; hits.length < enough;) {
    const page = await connection.send(alias, (client) =>
      client.scroll(alias, {
        filter,
        limit: enough,
        with_payload: RECORD_FIELDS,
        ...(offset === undefined ? {} : { offset }),
      }),
    );
    for (const { id, payload } of page.points) hits.push(...toHits(toRecord(payload, id), terms));
    if (typeof page.next_page_offset !== 'string' && typeof page.next_page_offset !== 'number') break;
    offset = page.next_page_offset;
  }
  return hits;
}

/** None where a number stood for another word. */
function toHits(record: ImageRecord, terms: readonly Term[]): SearchHit[] {
  const weights = wordWeights(record);
  const scores = terms.map(({ word, mayGoOn, idf }) => idf * weightOf(word, weights, mayGoOn));
  if (!scores.every((score) => score > 0)) return [];
  return [{ record, score: scores.reduce((sum, score) => sum + score) }];
}

function hasTerm({ word, mayGoOn }: Term): QdrantCondition {
  return mayGoOn ? { key: 'words', match: { any: [wordNumber(word), beginningNumber(word)] } } : hasWord(word);
}

function hasWord(word: string): QdrantCondition {
  return { key: 'words', match: { value: wordNumber(word) } };
}
