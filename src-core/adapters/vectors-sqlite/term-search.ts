import { termWeight, type WordGroup } from '../../domain/words.ts';
import type { Database } from '../sqlite/database.ts';
import { base, type CatalogRow, ROWS_PER_CATALOG } from './catalogs.ts';
import { MAX_LENGTH, type ReadLengths } from './word-lengths.ts';

export interface Term {
  word: string;
  /** Whether it may be the beginning of a longer one. */
  mayGoOn: boolean;
  /** Records of the catalog that have the word itself; about, where they are many. */
  having: number;
  idf: number;
}

/** Matching rows that are looked at together: where more match, the likeliest of the first so many are enough. */
export const CHUNK = 50_000;
/** So many of the terms, the rarest, decide which rows are likely; what is much more frequent hardly changes the order. */
const DECIDING = 2;
/** About what a word in these groups of fields counts more than one that is only mentioned. */
const NAMING = 3;
const TAGGING = 2;
const MOST = 1 + NAMING + TAGGING;
/** Grades of likelihood. */
const GRADES = 256;
/** Records of one word that are counted; that there are more is told from how soon these came. */
const COUNTED = 4_000;

/** By count × (MAX_LENGTH + 1) + length: working it out for each row would cost more than finding the row. */
const WEIGHTS = Float64Array.from({ length: (MOST + 1) * (MAX_LENGTH + 1) }, (_, i) =>
  termWeight(Math.floor(i / (MAX_LENGTH + 1)), i % (MAX_LENGTH + 1)),
);

/** The index of words, asked for rows, which are counted within the catalog. Inside one transaction. */
export interface TermSearch {
  /** How many records have a word; about, where they are many. */
  count(word: string): number;
  /** Rows that have all terms, in ascending order from `from`; at most CHUNK. */
  matching(terms: readonly Term[], from: number): number[];
  /**
   * These ascending rows by about their BM25, which is told from the groups of fields that the deciding terms stand in
   * and from the length; how often a term stands there is not known.
   */
  likeliestFirst(rows: readonly number[], terms: readonly Term[]): number[];
}

export function createTermSearch(db: Database, readLengths: ReadLengths, catalog: CatalogRow): TermSearch {
  // BigInts, as node:sqlite gives a number to SQLite as a float: FTS5 cannot seek to a row by one, and what is counted
  // from one comes as `21.0`, at three times the cost.
  const start = BigInt(base(catalog));
  const range = (from: number, to: number): [bigint, bigint] => [start + BigInt(from), start + BigInt(to)];
  // As one JSON text: a row object for each costs more than the query.
  const selectRows = db.sql(
    `SELECT json_group_array(rowid - ?1) AS rows FROM (
       SELECT rowid FROM words WHERE words MATCH ?2 AND rowid >= ?3 AND rowid < ?4 LIMIT ${CHUNK}
     )`,
  );
  const selectCount = db.sql(
    `SELECT count(*) AS count, max(rowid) - ?1 AS last FROM (
       SELECT rowid FROM words WHERE words MATCH ?2 AND rowid >= ?3 AND rowid < ?4 LIMIT ${COUNTED}
     )`,
  );

  function rowsOf(expression: string, from: number, to: number): number[] {
    return JSON.parse(selectRows.get<{ rows: string }>(start, expression, ...range(from, to))!.rows) as number[];
  }

  /** How much a term seems to be said by each of these rows, which have it, as `words.ts` counts it. */
  function countsIn(rows: readonly number[], term: Term, rarest: Term): Uint8Array {
    const counts = new Uint8Array(rows.length).fill(1);
    // The beginning of what is in so many records is too dear to be looked up once more for each group.
    if (term.mayGoOn && rows.length === CHUNK) return counts;
    // Of a term that is in many more, only what the rarest is in too; a beginning is dear to look up once more.
    const others = term === rarest || rarest.mayGoOn || term.having < 4 * rows.length ? '' : ` AND ${ftsOf(rarest)}`;
    const groups: [WordGroup, number][] = [
      ['naming', NAMING],
      ['tagging', TAGGING],
    ];
    for (const [group, more] of groups) {
      const having = rowsOf(`${group} : ${ftsOf(term)}${others}`, rows[0]!, rows.at(-1)! + 1);
      for (let i = 0, at = 0; i < rows.length && at < having.length; i++) {
        while (having[at]! < rows[i]!) at++;
        if (having[at] === rows[i]) counts[i]! += more;
      }
    }
    return counts;
  }

  return {
    count(word) {
      const { count, last } = selectCount.get<{ count: number; last: number }>(
        start,
        toFts(word),
        ...range(0, ROWS_PER_CATALOG),
      )!;
      return count < COUNTED ? count : Math.min(catalog.images, (count * catalog.next_row) / last);
    },

    matching(terms, from) {
      return rowsOf(terms.map(ftsOf).join(' AND '), from, ROWS_PER_CATALOG);
    },

    likeliestFirst(rows, terms) {
      const rarestFirst = terms.toSorted((a, b) => b.idf - a.idf);
      const rarest = rarestFirst[0]!;
      const lengths = readLengths(base(catalog), rows);
      const scores = new Float64Array(rows.length);
      for (const term of rarestFirst.slice(0, DECIDING).filter(({ idf }) => idf >= rarest.idf / 4)) {
        const counts = countsIn(rows, term, rarest);
        for (let i = 0; i < rows.length; i++) {
          scores[i]! += term.idf * WEIGHTS[counts[i]! * (MAX_LENGTH + 1) + lengths[i]!]!;
        }
      }
      return byGrade(rows, scores);
    },
  };
}

/** Highest first, to 1 / GRADES of the highest; a sort would compare each some fifteen times. */
function byGrade(rows: readonly number[], scores: Float64Array): number[] {
  let most = 0;
  for (const score of scores) most = Math.max(most, score);
  const grades = Uint8Array.from(scores, (score) => (GRADES - 1) * (1 - score / most));
  // Where the next row of each grade goes.
  const next = new Uint32Array(GRADES + 1);
  for (const grade of grades) next[grade + 1]!++;
  for (let grade = 1; grade < GRADES; grade++) next[grade]! += next[grade - 1]!;
  const ordered = [...rows];
  for (let i = 0; i < rows.length; i++) ordered[next[grades[i]!]!++] = rows[i]!;
  return ordered;
}

function ftsOf({ word, mayGoOn }: Term): string {
  return toFts(word, mayGoOn);
}

/** A word in FTS5's query language. Words are of letters, digits and marks only, so that nothing has to be escaped. */
function toFts(word: string, mayGoOn = false): string {
  return mayGoOn ? `"${word}" *` : `"${word}"`;
}
