import { type PointId, toPointId } from './ids.ts';
import { type Path, parsePath } from './payload-path.ts';
import { badJson, invalidBody, unsupported } from './refusal.ts';
import { type Range, readRange, readTimes } from './ranges.ts';

export type Scalar = string | number | boolean;
export type Match =
  | { kind: 'any'; values: readonly Scalar[] }
  | { kind: 'except'; values: readonly Scalar[] }
  | { kind: 'text' | 'text_any' | 'phrase'; text: string };

export type Condition =
  | { kind: 'match'; key: string; path: Path; match: Match }
  | { kind: 'range' | 'values_count'; path: Path; range: Range }
  | { kind: 'is_empty' | 'is_null'; path: Path; wanted: boolean }
  | { kind: 'has_id'; ids: readonly PointId[] }
  | { kind: 'has_vector'; name: string }
  | { kind: 'nested'; path: Path; filter: Filter }
  | { kind: 'filter'; filter: Filter };

export interface Filter {
  must: readonly Condition[];
  should: readonly Condition[];
  mustNot: readonly Condition[];
  minShould: { conditions: readonly Condition[]; count: number } | null;
}

const CLAUSES = ['should', 'min_should', 'must', 'must_not'];
const FIELD_CONDITIONS = new Set(['match', 'range', 'values_count', 'is_empty', 'is_null']);
const GEO = new Set(['geo_bounding_box', 'geo_radius', 'geo_polygon']);
const KINDS = new Set(['is_empty', 'is_null', 'has_id', 'has_vector', 'nested']);

const badCondition = () =>
  badJson(
    'Expected some form of condition, which can be a field condition (like {"key": ..., "match": ... }), or some other ' +
      'mentioned in the documentation: https://qdrant.tech/documentation/concepts/filtering/#filtering-conditions',
  );

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a filter; `at` is its place in the body, which messages name. */
export function readFilter(value: unknown, at: string): Filter {
  if (!isFields(value)) throw badJson('invalid type, expected struct Filter');
  const unknown = Object.keys(value).find((key) => !CLAUSES.includes(key));
  if (unknown !== undefined) {
    throw badJson(
      `unknown field \`${unknown}\`, expected one of ${CLAUSES.map((clause) => `\`${clause}\``).join(', ')}`,
    );
  }
  const clause = (key: string): Condition[] => readClause(value[key], `${at}.${key}`);
  return {
    must: clause('must'),
    should: clause('should'),
    mustNot: clause('must_not'),
    minShould: readMinShould(value['min_should'], `${at}.min_should`),
  };
}

/** One condition stands for a list of one. */
function readClause(value: unknown, at: string): Condition[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((each, index) => readCondition(each, `${at}[${index}]`));
}

function readMinShould(value: unknown, at: string): Filter['minShould'] {
  if (value === undefined || value === null) return null;
  if (!isFields(value) || !Number.isInteger(value['min_count'])) throw badCondition();
  return { conditions: readClause(value['conditions'], at), count: Number(value['min_count']) };
}

function readCondition(value: unknown, at: string): Condition {
  if (!isFields(value)) throw badCondition();
  if ('key' in value) return readFieldCondition(value, at);
  const [kind, ...more] = Object.keys(value);
  if (kind === undefined || CLAUSES.includes(kind)) return { kind: 'filter', filter: readFilter(value, at) };
  const inner = value[kind];
  if (!KINDS.has(kind)) throw badCondition();
  if (more.length > 0) throw unsupported(`the field ${more[0]} beside ${kind} in a condition`);
  if (kind === 'has_id') return { kind, ids: readIds(inner) };
  if (kind === 'has_vector' && typeof inner === 'string') return { kind, name: inner };
  if (!isFields(inner)) throw badCondition();
  if (kind === 'is_empty' || kind === 'is_null') return { kind, path: pathOf(inner['key']), wanted: true };
  if (kind !== 'nested') throw badCondition();
  return { kind, path: pathOf(inner['key']), filter: readFilter(inner['filter'], `${at}.nested.filter`) };
}

function readIds(value: unknown): PointId[] {
  if (!Array.isArray(value)) throw badCondition();
  return value.map((each) => {
    const id = toPointId(each);
    if (id === null) throw badCondition();
    return id;
  });
}

function pathOf(key: unknown): Path {
  const path = typeof key === 'string' ? parsePath(key) : null;
  if (!path) throw badCondition();
  return path;
}

function readFieldCondition(value: Fields, at: string): Condition {
  const path = pathOf(value['key']);
  const key = String(value['key']);
  const given = Object.keys(value).filter((name) => name !== 'key' && value[name] !== null);
  const geo = given.find((name) => GEO.has(name));
  if (geo !== undefined) throw unsupported(`${geo} in a filter`);
  const kind = given.find((name) => FIELD_CONDITIONS.has(name));
  if (kind === undefined) {
    const message = 'Validation error: At least one field condition must be specified [{}]';
    throw invalidBody(`${at}.__all__: ${message}`);
  }
  if (given.length > 1) throw unsupported(`a condition with ${given.join(' and ')}`);
  const inner = value[kind];
  if (kind === 'match') return { kind, key, path, match: readMatch(inner) };
  if (kind === 'values_count') return { kind, path, range: rangeOf(readRange(inner)) };
  if (kind === 'range') return { kind, path, range: rangeOf(readRange(inner) ?? readTimes(inner)) };
  if (typeof inner !== 'boolean') throw badCondition();
  return { kind: kind === 'is_empty' ? kind : 'is_null', path, wanted: inner };
}

function rangeOf(range: Range | null): Range {
  if (!range) throw badCondition();
  return range;
}

const isMatchable = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value);

function readMatch(value: unknown): Match {
  if (!isFields(value)) throw badCondition();
  const [kind, ...more] = Object.keys(value);
  if (more.length > 0) throw unsupported(`a match with ${kind} and ${more.join(' and ')}`);
  const inner = kind === undefined ? undefined : value[kind];
  if (kind === 'value' && isMatchable(inner)) return { kind: 'any', values: [inner] };
  if (kind === 'any' || kind === 'except') return { kind, values: readVariants(inner) };
  if ((kind === 'text' || kind === 'text_any' || kind === 'phrase') && typeof inner === 'string') {
    return { kind, text: inner };
  }
  throw badCondition();
}

/** A list is all texts or all integers; anything else, a mixture too, is refused. */
function readVariants(value: unknown): Scalar[] {
  if (!Array.isArray(value)) throw badCondition();
  const texts = value.every((each) => typeof each === 'string');
  if (!texts && !value.every((each) => Number.isInteger(each))) throw badCondition();
  return value;
}
