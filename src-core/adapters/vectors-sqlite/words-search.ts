import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { checkFilter } from '../../domain/check-filter.ts';
import type { SearchHit } from '../../domain/search.ts';
import { inverseFrequency, parseWords, weightOf, type WordsWanted, wordWeights } from '../../domain/words.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Database } from '../sqlite/database.ts';
import { base, catalogRow, type CatalogRow, ROWS_PER_CATALOG } from './catalogs.ts';
import { filterSql, type SqlFilter } from './filter-sql.ts';
import { fewPassing, passingOf } from './passing.ts';
import { pageSize, recordsOf } from './reads.ts';
import { CHUNK, createTermSearch, type Term, toFts } from './term-search.ts';
import type { WordsBacklog } from './words-index.ts';

const wordsNumbers = z.object({ limit: pageSize });

/** At least so many records are read and weighed word by word (15 µs each); of more that match, the likeliest. */
const WEIGHED = 128;
/** Where an index finds that at most so many pass a filter, they are listed (0.2 µs each) before the words are asked for. */
const FEW_ROWS = 4_096;
/** Rows that are tried against a filter together (1 µs each). */
const FILTER_WAVE = 512;
/** Records of one word that are counted; that there are more is told from how soon these came. */
const COUNTED = 4_000;

/** Throws INVALID_INPUT and NOT_FOUND as the port says. */
export function createWordsSearch(db: Database, backlog: WordsBacklog): Pick<VectorStore, 'searchWords'> {
  return {
    async searchWords(query) {
      const { limit } = parseOrThrow(wordsNumbers, query, 'search');
      const wanted = parseWords(query.text);
      const filter = filterSql(checkFilter(query.filter ?? []));
      for (;;) {
        const hits = await db.read(() => {
          const catalog = catalogRow(db, query.catalogId);
          return catalog.unworded > 0 ? null : searchIn(db, catalog, wanted, filter, limit);
        });
        if (hits) return hits;
        await backlog.finish();
      }
    },
  };
}

function searchIn(
  db: Database,
  catalog: CatalogRow,
  wanted: WordsWanted,
  filter: SqlFilter | null,
  limit: number,
): SearchHit[] {
  const terms = wanted.words.map((word, i) => ({
    word,
    mayGoOn: wanted.lastMayGoOn && i === wanted.words.length - 1,
    idf: inverseFrequency(countRecords(db, catalog, word), catalog.images),
  }));
  const rows = findCandidates(db, catalog, terms, filter, Math.max(WEIGHED, 2 * limit));
  const hits: SearchHit[] = [];
  for (const record of recordsOf(db, rows).values()) {
    const weights = wordWeights(record);
    const scores = terms.map(({ word, mayGoOn, idf }) => idf * weightOf(word, weights, mayGoOn));
    if (scores.every((score) => score > 0)) hits.push({ record, score: scores.reduce((sum, score) => sum + score) });
  }
  return hits.toSorted((a, b) => b.score - a.score).slice(0, limit);
}

/** How many records of a catalog have a word; about, where they are many. */
function countRecords(db: Database, catalog: CatalogRow, word: string): number {
  const { count, last } = db
    .sql(
      `SELECT count(*) AS count, max(rowid) - ?1 AS last FROM (
         SELECT rowid FROM words WHERE words MATCH ?2 AND rowid >= ?1 AND rowid < ?1 + ${ROWS_PER_CATALOG} LIMIT ${COUNTED}
       )`,
    )
    .get<{ count: number; last: number }>(base(catalog), toFts(word))!;
  if (count < COUNTED) return count;
  return Math.min(catalog.images, (count * catalog.next_row) / last);
}

/**
 * Rows among which the best are: all that match where they are not more than `enough`, else that many of the likeliest.
 * They may hold some that do not match. Whole words come before the beginnings of longer ones, which cost more to find.
 */
function findCandidates(
  db: Database,
  catalog: CatalogRow,
  terms: readonly Term[],
  filter: SqlFilter | null,
  enough: number,
): number[] {
  const few = filter && fewPassing(db, catalog, filter, FEW_ROWS);
  if (few && few.length <= enough) return few.map((row) => base(catalog) + row);
  const among = few && new Set(few);
  const search = createTermSearch(db, catalog);
  const wholeTerms = terms.map((term) => ({ ...term, mayGoOn: false }));
  const found = new Set<number>();
  for (const asked of terms.at(-1)!.mayGoOn ? [wholeTerms, terms] : [wholeTerms]) {
    for (let from: number | null = 0; from !== null && found.size < enough;) {
      const all = search.matching(asked, from);
      from = all.length < CHUNK ? null : all.at(-1)! + 1;
      const rows = among ? all.filter((row) => among.has(row)) : all;
      const ordered = rows.length + found.size > enough ? search.likeliestFirst(rows, asked) : rows;
      for (const row of filter && !among ? eachPassing(db, catalog, filter, ordered) : ordered) {
        if (found.size >= enough) break;
        found.add(row);
      }
    }
  }
  return [...found].map((row) => base(catalog) + row);
}

/** Those of `rows` that pass, in their order; tried as they are asked for. */
function* eachPassing(db: Database, catalog: CatalogRow, filter: SqlFilter, rows: readonly number[]) {
  for (let at = 0; at < rows.length; at += FILTER_WAVE) {
    const wave = rows.slice(at, at + FILTER_WAVE);
    const passed = passingOf(db, catalog, filter, wave);
    yield* wave.filter((row) => passed.has(row));
  }
}
