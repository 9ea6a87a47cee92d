import { checkFilter } from '../../src-core/domain/check-filter.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import type { Filter } from '../../src-core/domain/search.ts';
import { inverseFrequency, parseWords, recordWords, weightOf, wordWeights } from '../../src-core/domain/words.ts';
import { COMMON, COMMONEST, recordAt } from './words-records.ts';

/**
 * `limit` in ms of CPU as the issue has it: 20 where the rarest word is in at most 2 % of the records, else 150; and 150
 * where a filter that no index serves lets hardly any pass.
 */
export interface WordsQuery {
  what: string;
  text: string;
  limit: number;
  /** Only pictures at most so wide, and only of this import. */
  width?: number;
  importId?: string;
}

/** Words do not depend on it. */
const CATALOG = '00000000-0000-4000-8000-000000000000';

/** How many hits are asked for. */
export const LIMIT = 10;

export const QUERIES: readonly WordsQuery[] = [
  { what: 'in 0.01 %', text: 'quagga', limit: 20 },
  { what: 'in 0.5 %', text: 'okapi', limit: 20 },
  { what: 'in 2 %', text: 'tapir', limit: 20 },
  { what: 'in 15 %', text: 'lemur', limit: 150 },
  { what: 'in all (a file name)', text: 'img', limit: 150 },
  { what: 'in all (a folder)', text: 'pictures', limit: 150 },
  { what: 'the commonest of a language', text: COMMONEST, limit: 150 },
  { what: 'a common one of a language', text: COMMON, limit: 20 },
  { what: 'in 0.5 % and in all', text: 'okapi pictures', limit: 20 },
  { what: 'in 2 % and in all', text: 'tapir img', limit: 20 },
  { what: 'in 15 % and in 15 %', text: 'lemur indri', limit: 150 },
  { what: 'four words in all', text: 'jpg pictures img', limit: 150 },
  { what: 'beginning of one in 2 %', text: 'tapi', limit: 20 },
  { what: 'beginning of one in all', text: 'pict', limit: 150 },
  { what: 'beginning of many, two letters', text: 'ka', limit: 150 },
  { what: 'product id', text: 'SKU-0000042', limit: 20 },
  { what: 'number of a file', text: 'img 42', limit: 20 },
  { what: 'Chinese, part of a word', text: '跟鞋', limit: 150 },
  { what: 'in 2 %, 10 % pass, indexed', text: 'tapir', limit: 20, importId: 'import-3' },
  { what: 'in 2 %, 10 % pass, not indexed', text: 'tapir', limit: 20, width: 10 },
  { what: 'in 2 %, 1 % pass, not indexed', text: 'tapir', limit: 150, width: 1 },
  { what: 'in all, 10 % pass, indexed', text: 'img', limit: 150, importId: 'import-3' },
  { what: 'in all, 10 % pass, not indexed', text: 'img', limit: 150, width: 10 },
  { what: '10,000 characters', text: 'tapir pictures img jpg '.repeat(440).slice(0, 10_000), limit: 20 },
  { what: 'a caption: 12 different words', text: captionOf(4_242), limit: 20 },
  { what: 'a page: 32 different words', text: ['tapir', ...[1, 2, 3, 4].map(captionOf)].join(' '), limit: 20 },
];

/** All words of a record's name, keywords and description. */
function captionOf(n: number): string {
  const { name, keywords, description } = recordAt(CATALOG, n);
  return [name, ...keywords, description].join(' ');
}

export function filterOf({ width, importId }: WordsQuery): Filter {
  return checkFilter([
    ...(width ? [{ field: 'width', range: { lte: width } }] : []),
    ...(importId ? [{ field: 'importId', anyOf: [importId] }] : []),
  ]);
}

function passes(record: ImageRecord, { width = Infinity, importId }: WordsQuery): boolean {
  return record.width <= width && (importId ?? record.importId) === record.importId;
}

/** By weighing every record: for each query, how many match, and the least score that is among the best. */
export interface Truth {
  scoreOf(q: number, record: ImageRecord): number;
  least: number[];
  matching: number[];
}

export function weighAll(catalogId: string, count: number): Truth {
  const wanted = QUERIES.map(({ text }) => parseWords(text));
  const having = new Map(wanted.flatMap(({ words }) => words.map((word) => [word, 0])));
  for (let n = 0; n < count; n++) {
    const { naming, tagging, mentioning } = recordWords(recordAt(catalogId, n));
    for (const word of new Set([...naming, ...tagging, ...mentioning])) {
      const known = having.get(word);
      if (known !== undefined) having.set(word, known + 1);
    }
  }
  const score = (q: number, weights: ReadonlyMap<string, number>): number => {
    const { words, lastMayGoOn } = wanted[q]!;
    let sum = 0;
    for (const [i, word] of words.entries()) {
      const weight = weightOf(word, weights, lastMayGoOn && i === words.length - 1);
      if (weight === 0) return 0;
      sum += weight * inverseFrequency(having.get(word)!, count);
    }
    return sum;
  };
  const best = QUERIES.map((): number[] => []);
  const matching = QUERIES.map(() => 0);
  for (let n = 0; n < count; n++) {
    const record = recordAt(catalogId, n);
    const weights = wordWeights(record);
    for (const [q, query] of QUERIES.entries()) {
      const found = passes(record, query) ? score(q, weights) : 0;
      if (found === 0) continue;
      matching[q]!++;
      const list = best[q]!;
      if (list.length === LIMIT && found <= list[LIMIT - 1]!) continue;
      list.push(found);
      list.sort((a, b) => b - a);
      if (list.length > LIMIT) list.pop();
    }
  }
  return {
    scoreOf: (q, record) => score(q, wordWeights(record)),
    least: best.map((list) => list.at(-1) ?? 0),
    matching,
  };
}
