import { termWeight, type WordGroup } from '../../domain/words.ts';
import type { Database } from '../sqlite/database.ts';
import { base, type CatalogRow, ROWS_PER_CATALOG } from './catalogs.ts';
import { readLengths } from './word-lengths.ts';

export interface Term {
  word: string;
  /** Whether it may be the beginning of a longer one. */
  mayGoOn: boolean;
  idf: number;
}

/** Matching rows that are looked at together: where more match, the likeliest of the first so many are enough. */
export const CHUNK = 50_000;
/** So many of the terms, the rarest, decide which rows are likely; what is much more frequent hardly changes the order. */
const DECIDING = 2;
/** About what a word in these groups of fields counts more than one that is only mentioned. */
const NAMING = 3;
const TAGGING = 2;
/** Grades of likelihood. */
const GRADES = 256;

/** The index of words, asked for rows, which are counted within the catalog. Inside one transaction. */
export interface TermSearch {
  /** Rows that have all terms, in ascending order from `from`; at most CHUNK. */
  matching(terms: readonly Term[], from: number): number[];
  /**
   * These matching rows by about their BM25, which is told from the groups of fields that the deciding terms stand in
   * and from the length; how often a term stands there is not known.
   */
  likeliestFirst(rows: readonly number[], terms: readonly Term[]): number[];
}

export function createTermSearch(db: Database, catalog: CatalogRow): TermSearch {
  const lengthOf = readLengths(db);
  // As one JSON text: a row object for each costs more than the query.
  const select = db.sql(
    `SELECT json_group_array(rowid - ?1) AS rows FROM (
       SELECT rowid FROM words WHERE words MATCH ?2 AND rowid >= ?1 + ?3 AND rowid < ?1 + ?4 LIMIT ${CHUNK}
     )`,
  );

  function rowsOf(expression: string, from: number, to: number): number[] {
    return JSON.parse(select.get<{ rows: string }>(base(catalog), expression, from, to)!.rows) as number[];
  }

  return {
    matching(terms, from) {
      return rowsOf(terms.map(({ word, mayGoOn }) => toFts(word, mayGoOn)).join(' AND '), from, ROWS_PER_CATALOG);
    },

    likeliestFirst(rows, terms) {
      const rarestFirst = terms.toSorted((a, b) => b.idf - a.idf);
      const deciding = rarestFirst.slice(0, DECIDING).filter(({ idf }) => idf >= rarestFirst[0]!.idf / 4);
      const scores = new Float64Array(rows.length);
      let most = 0;
      for (const { word, mayGoOn, idf } of deciding) {
        // The beginning of what is in so many records is too dear to be looked up once more for each group.
        const dear = mayGoOn && rows.length === CHUNK;
        const among = (group: WordGroup): ((row: number) => boolean) =>
          ascendingHas(dear ? [] : rowsOf(`${group} : ${toFts(word, mayGoOn)}`, rows[0]!, rows.at(-1)! + 1));
        const [inNaming, inTagging] = [among('naming'), among('tagging')];
        rows.forEach((row, i) => {
          const count = 1 + (inNaming(row) ? NAMING : 0) + (inTagging(row) ? TAGGING : 0);
          scores[i]! += idf * termWeight(count, lengthOf(base(catalog) + row));
          most = Math.max(most, scores[i]!);
        });
      }
      const byGrade: number[][] = Array.from({ length: GRADES }, () => []);
      rows.forEach((row, i) => byGrade[Math.floor((GRADES - 1) * (1 - scores[i]! / most))]!.push(row));
      return byGrade.flat();
    },
  };
}

/** A word in FTS5's query language. Words are of letters, digits and marks only, so that nothing has to be escaped. */
export function toFts(word: string, mayGoOn = false): string {
  return mayGoOn ? `"${word}" *` : `"${word}"`;
}

/** Whether an ascending list has a number; to be asked in ascending order. */
function ascendingHas(list: readonly number[]): (number: number) => boolean {
  let at = 0;
  return (number) => {
    while (at < list.length && list[at]! < number) at++;
    return list[at] === number;
  };
}
