import { recordWords, wordWeights, type Worded } from '../../domain/words.ts';

// Words are numbers to the server: it has no part in what is a word, and a number takes less room than a text. Two words
// may have the same one, so what the server finds by them is looked at again (words-search.ts).

/** Beginnings of a word that a record is found by: from the shortest that a query may end with. */
const SHORTEST_BEGINNING = 2;
/** A longer beginning is looked for by its first so many characters. */
const LONGEST_BEGINNING = 16;

/** What the payload's `words` holds: the record's words and their beginnings. */
export function indexNumbers(record: Worded): number[] {
  const { naming, tagging, mentioning } = recordWords(record);
  const numbers = new Set<number>();
  for (const word of [...naming, ...tagging, ...mentioning]) {
    const whole = wordNumber(word);
    if (numbers.has(whole)) continue;
    numbers.add(whole);
    const longest = Math.min(word.length - 1, LONGEST_BEGINNING);
    for (let length = SHORTEST_BEGINNING; length <= longest; length++) numbers.add(beginningNumber(word, length));
  }
  return [...numbers];
}

/** A record's sparse vector: how much each of its words says of it. */
export function wordsVector(record: Worded): { indices: number[]; values: number[] } {
  const weights = new Map<number, number>();
  for (const [word, weight] of wordWeights(record)) {
    const number = wordNumber(word);
    weights.set(number, (weights.get(number) ?? 0) + weight);
  }
  // A vector must have something in it. No query has this word.
  if (weights.size === 0) weights.set(wordNumber(''), 1);
  return { indices: [...weights.keys()], values: [...weights.values()] };
}

export function wordNumber(word: string): number {
  return mix(hash(word, word.length));
}

/** Of all words that are longer than `word` and begin with it; of a long `word`, with its beginning. */
export function beginningNumber(word: string, length = word.length): number {
  return mix(hash(word, Math.min(length, LONGEST_BEGINNING)) ^ BEGINNING);
}

const BEGINNING = 0x5bd1e995;

/** FNV-1a, 32 bits, over UTF-16 code units. */
function hash(text: string, length: number): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum;
}

/** The last steps of MurmurHash3: every bit of the result depends on every bit of the sum. */
function mix(sum: number): number {
  let mixed = sum ^ (sum >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
