import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { checkFilter } from '../../domain/check-filter.ts';
import type { SearchHit } from '../../domain/search.ts';
import { inverseFrequency, parseWords, weightOf, type WordsWanted, wordWeights } from '../../domain/words.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Database } from '../sqlite/database.ts';
import { catalogRow, type CatalogRow } from './catalogs.ts';
import { filterSql, type SqlFilter } from './filter-sql.ts';
import { pageSize, recordsOf } from './reads.ts';
import { createTermSearch, type Term } from './term-search.ts';
import { createReadLengths, type ReadLengths } from './word-lengths.ts';
import { findCandidates, tellingTerms } from './words-candidates.ts';
import type { WordsBacklog } from './words-index.ts';

const wordsNumbers = z.object({ limit: pageSize });

/** Throws INVALID_INPUT and NOT_FOUND as the port says. */
export function createWordsSearch(db: Database, backlog: WordsBacklog): Pick<VectorStore, 'searchWords'> {
  const readLengths = createReadLengths(db);
  return {
    async searchWords(query) {
      const { limit } = parseOrThrow(wordsNumbers, query, 'search');
      const wanted = parseWords(query.text);
      const filter = filterSql(checkFilter(query.filter ?? []));
      for (;;) {
        const hits = await db.read(() => {
          const catalog = catalogRow(db, query.catalogId);
          return catalog.unworded > 0 ? null : searchIn(db, readLengths, catalog, wanted, filter, limit);
        });
        if (hits) return hits;
        await backlog.finish();
      }
    },
  };
}

function searchIn(
  db: Database,
  readLengths: ReadLengths,
  catalog: CatalogRow,
  wanted: WordsWanted,
  filter: SqlFilter | null,
  limit: number,
): SearchHit[] {
  const search = createTermSearch(db, readLengths, catalog);
  const terms = wanted.words.map((word, i): Term => {
    const having = search.count(word);
    const mayGoOn = wanted.lastMayGoOn && i === wanted.words.length - 1;
    return { word, mayGoOn, having, idf: inverseFrequency(having, catalog.images) };
  });
  const telling = tellingTerms(terms, catalog, limit);
  const { rows, all } = findCandidates(db, search, catalog, telling, filter, limit);
  let hits = weigh(db, rows, terms);
  // The words that the index was not asked for are not in as many of these as was expected.
  if (!all && hits.length < rows.length / 2 && telling.length < terms.length) {
    hits = weigh(db, findCandidates(db, search, catalog, terms, filter, limit).rows, terms);
  }
  return hits.toSorted((a, b) => b.score - a.score).slice(0, limit);
}

/** Those of these rows that have all terms. */
function weigh(db: Database, rows: readonly number[], terms: readonly Term[]): SearchHit[] {
  const hits: SearchHit[] = [];
  for (const record of recordsOf(db, rows).values()) {
    const weights = wordWeights(record);
    const scores = terms.map(({ word, mayGoOn, idf }) => idf * weightOf(word, weights, mayGoOn));
    if (scores.every((score) => score > 0)) hits.push({ record, score: scores.reduce((sum, score) => sum + score) });
  }
  return hits;
}
