import type { Condition, Filter, Match } from './filter-grammar.ts';
import { type Path, type Payload, rawValues, someValue, valuesAt } from './payload-path.ts';
import type { PayloadIndex } from './payload-index.ts';
import type { Point } from './points.ts';
import { momentOf, type Range } from './ranges.ts';
import { unsupported } from './refusal.ts';
import { type TextIndex, tokensOf } from './tokens.ts';

export type Indexes = ReadonlyMap<string, PayloadIndex>;
export type Test = (point: Point) => boolean;

/** A filter as a test; what it means may depend on the text indexes that there are. */
export function compileFilter(filter: Filter, indexes: Indexes): Test {
  const compile = (conditions: readonly Condition[]): Test[] =>
    conditions.map((condition) => compileCondition(condition, indexes));
  const must = compile(filter.must);
  const should = compile(filter.should);
  const mustNot = compile(filter.mustNot);
  const some = compile(filter.minShould?.conditions ?? []);
  const least = filter.minShould?.count ?? 0;
  const tests = [...must];
  if (should.length > 0) tests.push(anyOf(should));
  if (mustNot.length > 0) tests.push(not(anyOf(mustNot)));
  if (filter.minShould) tests.push((point) => some.filter((test) => test(point)).length >= least);
  return tests.length === 1 ? tests[0]! : (point) => tests.every((test) => test(point));
}

const anyOf =
  (tests: readonly Test[]): Test =>
  (point) =>
    tests.some((test) => test(point));
const not =
  (test: Test): Test =>
  (point) =>
    !test(point);

function compileCondition(condition: Condition, indexes: Indexes): Test {
  switch (condition.kind) {
    case 'match': {
      const holds = matcher(condition.match, indexes.get(condition.key)?.text ?? null);
      return ({ payload }) => someValue(payload, condition.path, holds);
    }
    case 'range':
      return ({ payload }) => someValue(payload, condition.path, (value) => isWithin(value, condition.range));
    case 'values_count':
      if (condition.range.holds(0)) throw unsupported('a values_count that no value passes: it was not recorded');
      return ({ payload }) => condition.range.holds(valuesAt(payload, condition.path).length);
    case 'is_empty':
      return ({ payload }) => found(payload, condition.path).every(isEmpty) === condition.wanted;
    case 'is_null':
      return ({ payload }) => found(payload, condition.path).includes(null) === condition.wanted;
    case 'has_id': {
      const ids = new Set(condition.ids);
      return ({ id }) => ids.has(id);
    }
    case 'has_vector':
      return ({ dense, sparse }) => condition.name in dense || condition.name in sparse;
    case 'nested': {
      const test = compileFilter(condition.filter, new Map());
      return (point) =>
        valuesAt(point.payload, condition.path).some(
          (value) => typeof value === 'object' && value !== null && test({ ...point, payload: { ...value } }),
        );
    }
    case 'filter':
      return compileFilter(condition.filter, indexes);
  }
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

function found(payload: Payload, path: Path): readonly unknown[] {
  const values = rawValues(payload, path);
  const isMixed = values.some((value) => Array.isArray(value) && value.includes(null));
  if (isMixed) throw unsupported('is_empty or is_null of a list that holds null: it was not recorded');
  return values;
}

function isWithin(value: unknown, range: Range): boolean {
  if (!range.times) return typeof value === 'number' && range.holds(value);
  const moment = typeof value === 'string' ? momentOf(value) : null;
  return moment !== null && range.holds(moment);
}

function matcher(match: Match, index: TextIndex | null): (value: unknown) => boolean {
  if (match.kind === 'any' || match.kind === 'except') {
    const values = new Set<unknown>(match.values);
    return match.kind === 'any' ? (value) => values.has(value) : (value) => value !== null && !values.has(value);
  }
  const holds = index ? wordsMatcher(match.kind, match.text, index) : partMatcher(match.kind, match.text);
  return (value) => typeof value === 'string' && holds(value);
}

/** Without a text index: a part of the text, letters as they are. */
function partMatcher(kind: string, wanted: string): (text: string) => boolean {
  if (kind !== 'text_any') return (text) => text.includes(wanted);
  const parts = wanted.split(/\s+/).filter(Boolean);
  return (text) => parts.some((part) => text.includes(part));
}

function wordsMatcher(kind: string, wanted: string, index: TextIndex): (text: string) => boolean {
  const words = tokensOf(wanted, index);
  if (words.length === 0) return () => false;
  if (kind === 'phrase') {
    const phrase = ` ${words.join(' ')} `;
    return (text) => index.phrase_matching === true && ` ${tokensOf(text, index).join(' ')} `.includes(phrase);
  }
  return (text) => {
    const tokens = tokensOf(text, index);
    const has = (word: string): boolean => tokens.some((token) => isFoundBy(token, word, index));
    return kind === 'text' ? words.every(has) : words.some(has);
  };
}

/** Whether a word of a text answers to a word that is asked for: a `prefix` index also holds beginnings. */
export function isFoundBy(token: string, word: string, index: TextIndex): boolean {
  if (index.tokenizer !== 'prefix') return token === word;
  const asked = [...word].slice(0, index.max_token_len ?? Infinity).join('');
  return asked.length >= (index.min_token_len ?? 1) && token.startsWith(asked);
}
