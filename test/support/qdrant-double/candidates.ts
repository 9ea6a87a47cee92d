import type { Condition, Filter } from './filter-grammar.ts';
import { type Indexes, isFoundBy } from './filter-match.ts';
import type { PayloadIndex } from './payload-index.ts';
import type { Point, Points } from './points.ts';
import { tokensOf } from './tokens.ts';

type Found = ReadonlySet<Point>;

/**
 * Points among which all that match are, by indexes and ids; null when only looking at every point can tell. Keeps
 * counts, scrolls and deletes by filter from going through all points of a large collection.
 */
export function candidatesOf(filter: Filter, points: Points, indexes: Indexes): Found | null {
  const narrowed = filter.must.map((condition) => candidatesOfCondition(condition, points, indexes));
  if (filter.should.length > 0) {
    narrowed.push(union(filter.should.map((condition) => candidatesOfCondition(condition, points, indexes))));
  }
  const known = narrowed.filter((found) => found !== null);
  return known.length === 0 ? null : known.reduce((least, found) => (found.size < least.size ? found : least));
}

function union(parts: readonly (Found | null)[]): Found | null {
  if (parts.length === 1) return parts[0] ?? null;
  const all = new Set<Point>();
  for (const part of parts) {
    if (part === null) return null;
    for (const point of part) all.add(point);
  }
  return all;
}

function candidatesOfCondition(condition: Condition, points: Points, indexes: Indexes): Found | null {
  if (condition.kind === 'filter') return candidatesOf(condition.filter, points, indexes);
  if (condition.kind === 'has_id') {
    return new Set(condition.ids.map((id) => points.get(id)).filter((point) => point !== undefined));
  }
  if (condition.kind !== 'match') return null;
  const index = indexes.get(condition.key);
  const { match } = condition;
  if (!index || match.kind === 'except') return null;
  if (match.kind !== 'any') return index.text && match.kind === 'text' ? withWords(match.text, index) : null;
  return match.values.every((value) => isHeld(value, index)) ? union(match.values.map(holders(index))) : null;
}

const NOBODY: Found = new Set();
const holders =
  (index: PayloadIndex) =>
  (value: string | number | boolean): Found =>
    index.points.get(value) ?? NOBODY;

/** Whether the index keeps values of this type at all; others are found in the payloads only. */
function isHeld(value: string | number | boolean, index: PayloadIndex): boolean {
  if (typeof value === 'string') return index.kind === 'keyword' || index.kind === 'uuid';
  return typeof value === 'number' ? index.kind === 'integer' || index.kind === 'float' : index.kind === 'bool';
}

/** Those that have the rarest of the words. */
function withWords(text: string, index: PayloadIndex): Found {
  const words = tokensOf(text, index.text!);
  const found = words.map((word) => withWord(word, index));
  return found.reduce((least, each) => (each.size < least.size ? each : least), found[0] ?? NOBODY);
}

function withWord(word: string, index: PayloadIndex): Found {
  if (index.text!.tokenizer !== 'prefix') return holders(index)(word);
  const tokens = [...index.points.keys()].filter((token) => isFoundBy(String(token), word, index.text!));
  return union(tokens.map(holders(index))) ?? NOBODY;
}
