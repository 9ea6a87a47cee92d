import { AppError } from './app-error.ts';
import type { ImageRecord } from './image-record.ts';

/** Longer words are cut, in records and queries alike; a SHA-256 in hexadecimal still fits. */
const MAX_WORD = 64;
/** Of all fields together, in the order of FIELDS. */
const MAX_RECORD_WORDS = 1_000;
/** Characters of one text that are looked at. */
const MAX_TEXT = 32_768;
/** More words than anybody means: a pasted page is searched by its beginning. */
const MAX_QUERY_WORDS = 32;
/** The folders nearest to the picture. The outer ones (`/home/user/pictures`) would be words of every record. */
const FOLDERS = 2;
/** BM25's constants. The length is one that is usual, not the average: a stored weight must not change with the others. */
const K1 = 1.2;
const B = 0.75;
const USUAL_LENGTH = 12;
/** What the beginning of a longer word is worth, of that word's weight. */
const BEGINNING = 0.5;

export type Worded = Pick<
  ImageRecord,
  'productId' | 'name' | 'title' | 'keywords' | 'fileName' | 'caption' | 'description' | 'canonicalName'
>;

/** Fields that weigh about the same, by what they do: naming the picture, tagging it, or just mentioning something. */
export type WordGroup = 'naming' | 'tagging' | 'mentioning';

interface Field {
  /** A word here counts as so many in running text. */
  weight: number;
  group: WordGroup;
  text: (record: Worded) => string | null | undefined;
}

const FIELDS: readonly Field[] = [
  { weight: 5, group: 'naming', text: (record) => record.productId },
  { weight: 4, group: 'naming', text: (record) => record.name },
  { weight: 4, group: 'naming', text: (record) => record.title },
  { weight: 3, group: 'tagging', text: (record) => record.keywords.join('\n') },
  { weight: 2, group: 'tagging', text: (record) => record.fileName },
  { weight: 1, group: 'mentioning', text: (record) => record.caption },
  { weight: 1, group: 'mentioning', text: (record) => record.description },
  {
    weight: 1,
    group: 'mentioning',
    text: (record) =>
      record.canonicalName
        .split('/')
        .slice(-1 - FOLDERS, -1)
        .join('\n'),
  },
];

/** The words that a record is found by, as often as it says them. */
export function recordWords(record: Worded): Record<WordGroup, string[]> {
  const found: Record<WordGroup, string[]> = { naming: [], tagging: [], mentioning: [] };
  eachField(record, ({ group }, words) => found[group].push(...words));
  return found;
}

/**
 * How much each word of a record says of it: BM25's term weight, where a word of a weightier field counts as several
 * (BM25F; Robertson and Zaragoza 2009, §3.6). Between 0 and 2.2; times the word's idf it is the record's score.
 */
export function wordWeights(record: Worded): Map<string, number> {
  const weights = new Map<string, number>();
  let length = 0;
  eachField(record, ({ weight }, words) => {
    for (const word of words) weights.set(word, (weights.get(word) ?? 0) + weight);
    length += words.length;
  });
  for (const [word, count] of weights) weights.set(word, termWeight(count, length));
  return weights;
}

/** BM25's weight of a word that counts as `count`, in a record of `length` words. */
export function termWeight(count: number, length: number): number {
  return (count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / USUAL_LENGTH));
}

function eachField(record: Worded, visit: (field: Field, words: string[]) => void): void {
  let left = MAX_RECORD_WORDS;
  for (const field of FIELDS) {
    const text = field.text(record);
    if (!text || left === 0) continue;
    const words = wordsOf(text.slice(0, MAX_TEXT), left, addForms);
    left -= words.length;
    visit(field, words);
  }
}

/** BM25's idf of a word that `having` of `all` records have. */
export function inverseFrequency(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}

export interface WordsWanted {
  /** Distinct, at least one. */
  words: string[];
  /** Whether the last of them may be the beginning of a longer one. */
  lastMayGoOn: boolean;
}

/** The words of a query: its first 32. Throws INVALID_INPUT when there is none. */
export function parseWords(text: string): WordsWanted {
  const found = wordsOf(text.slice(0, MAX_TEXT), MAX_QUERY_WORDS, addWanted);
  const last = found.at(-1);
  if (last === undefined) {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    throw new AppError('INVALID_INPUT', `text: “${shown}” has no letter or digit to search for`);
  }
  const words = [...new Set(found.filter((word) => word !== last)), last];
  return { words, lastMayGoOn: last.length > 1 && !PAIRED.test(last) };
}

/** What a wanted word weighs in a record; 0: the record does not have it. */
export function weightOf(word: string, weights: ReadonlyMap<string, number>, mayGoOn: boolean): number {
  let most = weights.get(word) ?? 0;
  if (!mayGoOn) return most;
  for (const [other, weight] of weights) if (other.startsWith(word)) most = Math.max(most, BEGINNING * weight);
  return most;
}

type Add = (words: string[], run: string) => void;

/**
 * Lower case, accents folded, and words are what stands between characters that are neither letter nor digit:
 * `IMG_0042-blue` has three. A run of letters of a script that writes no spaces is taken apart by `add`.
 */
function wordsOf(text: string, most: number, add: Add): string[] {
  const words: string[] = [];
  const runs = NOT_ASCII.test(text) ? fold(text).match(/[\p{L}\p{N}\p{M}]+/gu) : text.toLowerCase().match(/[a-z0-9]+/g);
  for (const run of runs ?? []) {
    if (words.length >= most) break;
    add(words, run);
  }
  if (words.length > most) words.length = most;
  return words;
}

const NOT_ASCII = /\P{ASCII}/u;
/** Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. Elsewhere a mark is a vowel, or voices a kana. */
const OPTIONAL_MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
/** Letters with a stroke or joined ones, which Unicode does not take apart. */
const FOLDED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ς: 'σ',
};

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(OPTIONAL_MARKS, '')
    .replaceAll(/[ßæœøđðþłıς]/g, (letter) => FOLDED[letter]!)
    .normalize('NFC');
}

/**
 * Scripts whose words nobody agrees on. Intl.Segmenter's dictionary finds no 鞋 (shoe) in 高跟鞋 and no 東京 in 東京タワー,
 * and it changes with the ICU version while an index stays; so these are searched by pairs of characters, as Lucene's
 * CJKAnalyzer does, and a single one by itself.
 */
const PAIRED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]/u;
const PAIRED_OR_NOT =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]+|[^\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]+/gu;
/** Scripts without spaces that have words all the same. */
const SEGMENTED = /[\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** For a record: the forms under which a run may be asked for. */
function addForms(words: string[], run: string): void {
  if (NOT_ASCII.test(run)) return addParts(words, run, addPairsAndSingles, addNumbered);
  addNumbered(words, run);
}

function addWanted(words: string[], run: string): void {
  if (NOT_ASCII.test(run)) return addParts(words, run, addPairs, addWord);
  addWord(words, run);
}

function addParts(words: string[], run: string, addPaired: Add, addOther: Add): void {
  for (const [part] of run.matchAll(PAIRED_OR_NOT)) {
    if (PAIRED.test(part)) addPaired(words, part);
    else if (SEGMENTED.test(part)) for (const { segment } of segmenter.segment(part)) addWord(words, segment);
    else addOther(words, part);
  }
}

function addWord(words: string[], word: string): void {
  words.push(word.length > MAX_WORD ? word.slice(0, MAX_WORD).toWellFormed() : word);
}

/** `0042` is also 42, `dsc00042` also dsc and 42: a number is asked for without what a camera puts around it. */
function addNumbered(words: string[], word: string): void {
  addWord(words, word);
  const last = word.charCodeAt(word.length - 1);
  const first = word.charCodeAt(0);
  // Most words do not end with a digit, and most numbers do not begin with a zero.
  if (last < ZERO || last > NINE || (first > ZERO && first <= NINE)) return;
  const [, letters = '', number = ''] = /^(\p{L}*)0*(\d+)$/u.exec(word) ?? [];
  if (letters) addWord(words, letters);
  if (number && number !== word) addWord(words, number);
}

const ZERO = 48;
const NINE = 57;

function addPairs(words: string[], run: string): void {
  const characters = [...run];
  if (characters.length === 1) words.push(run);
  for (let i = 1; i < characters.length; i++) words.push(characters[i - 1]! + characters[i]!);
}

function addPairsAndSingles(words: string[], run: string): void {
  let before = '';
  for (const character of run) {
    if (before) words.push(before + character);
    words.push(character);
    before = character;
  }
}
