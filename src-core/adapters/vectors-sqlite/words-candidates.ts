import type { Database } from '../sqlite/database.ts';
import { base, type CatalogRow } from './catalogs.ts';
import type { SqlFilter } from './filter-sql.ts';
import { fewPassing, passingOf } from './passing.ts';
import { CHUNK, type Term, type TermSearch } from './term-search.ts';

/** At least so many records are read and weighed word by word (20 µs each); of more that match, the likeliest. */
const WEIGHED = 128;
/** Where an index finds that at most so many pass a filter, they are listed (0.2 µs each) before the words are asked for. */
const FEW_ROWS = 4_096;
/** Rows that are tried against a filter together. */
const FILTER_WAVE = 256;
/**
 * When so many have been tried (6 µs each, most of it reading the page), twice as many as are asked for do: where a
 * filter lets few pass, these are already likelier, among those that pass, than the first WEIGHED are without a filter.
 */
const TRIED = 768;
/** Words are not asked for where together at least this share of the records is expected to have them. */
const ALMOST_ALL = 0.75;

export interface Candidates {
  /** They may hold some that do not match. */
  rows: number[];
  /** Whether all that match are known to be among them. */
  all: boolean;
}

/**
 * The terms that the index is asked for: the rarest, until few enough records are expected to have them, or almost all
 * to have the others. To go through the records of a word that a million have takes 10 ms; to look for it in those that
 * are weighed takes nothing. Nobody knows how rare a beginning is: it is always asked for, unless almost all records
 * have it as a word.
 */
export function tellingTerms(terms: readonly Term[], catalog: CatalogRow, limit: number): Term[] {
  const share = ({ having }: Term): number => having / catalog.images;
  const known = terms.filter((term) => !term.mayGoOn || share(term) >= ALMOST_ALL);
  const rarestFirst = known.toSorted((a, b) => a.having - b.having);
  const telling = new Set(terms.filter((term) => !known.includes(term)));
  let expected = catalog.images;
  for (const [i, term] of rarestFirst.entries()) {
    const left = rarestFirst.slice(i).reduce((product, other) => product * share(other), 1);
    if (telling.size > 0 && (expected <= enoughFor(limit) || left >= ALMOST_ALL)) break;
    telling.add(term);
    expected *= share(term);
  }
  return terms.filter((term) => telling.has(term));
}

/**
 * Rows among which the best are: all that match where they are not more than enough, else that many of the likeliest.
 * Whole words come before the beginnings of longer ones, which cost more to find.
 */
export function findCandidates(
  db: Database,
  search: TermSearch,
  catalog: CatalogRow,
  terms: readonly Term[],
  filter: SqlFilter | null,
  limit: number,
): Candidates {
  const enough = enoughFor(limit);
  const few = filter && fewPassing(db, catalog, filter, FEW_ROWS);
  if (few && few.length <= enough) return { rows: few.map((row) => base(catalog) + row), all: true };
  const among = few && new Set(few);
  const found = new Set<number>();
  const answer = (all: boolean): Candidates => ({ rows: Array.from(found, (row) => base(catalog) + row), all });
  let tried = 0;
  for (const chunk of chunksOf(search, terms, among, () => enough - found.size)) {
    for (const wave of filter && !among ? wavesOf(chunk) : [chunk]) {
      const passed = filter && !among ? passingOf(db, catalog, filter, wave) : null;
      if (passed) tried += wave.length;
      for (const row of wave) if (found.size < enough && (!passed || passed.has(row))) found.add(row);
      if (found.size >= enough || (tried >= TRIED && found.size >= 2 * limit)) return answer(false);
    }
  }
  return answer(true);
}

function enoughFor(limit: number): number {
  return Math.max(WEIGHED, 2 * limit);
}

/** What matches and is `among`, the likeliest of each chunk first where there is not room for all. */
function* chunksOf(search: TermSearch, terms: readonly Term[], among: ReadonlySet<number> | null, room: () => number) {
  const wholeTerms = terms.map((term) => ({ ...term, mayGoOn: false }));
  for (const asked of terms.at(-1)!.mayGoOn ? [wholeTerms, terms] : [wholeTerms]) {
    for (let from: number | null = 0; from !== null;) {
      const matching = search.matching(asked, from);
      from = matching.length < CHUNK ? null : matching.at(-1)! + 1;
      const rows = among ? matching.filter((row) => among.has(row)) : matching;
      yield rows.length > room() ? search.likeliestFirst(rows, asked) : rows;
    }
  }
}

function* wavesOf(rows: readonly number[]) {
  for (let at = 0; at < rows.length; at += FILTER_WAVE) yield rows.slice(at, at + FILTER_WAVE);
}
