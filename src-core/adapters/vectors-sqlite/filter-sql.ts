import type { SQLInputValue } from 'node:sqlite';
import { isMetadata } from '../../domain/check-filter.ts';
import type { Condition, Filter, FilterField } from '../../domain/search.ts';

export interface SqlCondition {
  /** Over the columns of `images`. */
  text: string;
  values: SQLInputValue[];
}

export interface SqlFilter extends SqlCondition {
  /** Whether an index of schema.ts finds what passes. */
  indexed: boolean;
}

const COLUMNS: Record<Exclude<FilterField, 'keywords'>, string> = {
  imageId: 'image_id',
  productId: 'product_id',
  name: 'name',
  fileName: 'file_name',
  sourceId: 'source_id',
  importId: 'import_id',
  format: 'format',
  model: 'model',
  contentHash: 'content_hash',
  canonicalName: 'canonical_name',
  width: 'width',
  height: 'height',
  bytes: 'bytes',
  mtimeMs: 'mtime_ms',
  capturedAt: 'captured_at',
  indexedAt: 'indexed_at',
  missingSince: 'missing_since',
};

const INDEXED = new Set<string>([
  'imageId',
  'contentHash',
  'canonicalName',
  'sourceId',
  'importId',
  'productId',
  'capturedAt',
  'missingSince',
] satisfies FilterField[]);

/** A checked filter as SQL; null without conditions. */
export function filterSql(filter: Filter | undefined): SqlFilter | null {
  if (!filter?.length) return null;
  const parts = filter.map(conditionSql);
  return {
    text: parts.map(({ text }) => text).join(' AND '),
    values: parts.flatMap(({ values }) => values),
    indexed: filter.some((one) => INDEXED.has(one.field) && !('exists' in one) && !one.not),
  };
}

/** Where a field's values are: an expression of one row, or a FROM clause that yields one row (as `v`) per value. */
export type ValueSource = { column: string } | { from: string; values: SQLInputValue[] };

export function valuesOf(field: FilterField | `metadata.${string}`): ValueSource {
  if (isMetadata(field)) {
    // `fullkey` is the path as SQLite itself quotes it; on a list json_each yields its elements, on a scalar itself.
    const from = `json_each(record, '$.metadata') AS m, json_each(record, m.fullkey) AS v
      WHERE m.key = ? AND m.type <> 'object' AND v.type NOT IN ('null', 'array', 'object')`;
    return { from, values: [field.slice('metadata.'.length)] };
  }
  if (field === 'keywords') return { from: `json_each(record, '$.keywords') AS v WHERE true`, values: [] };
  return { column: COLUMNS[field] };
}

function conditionSql(condition: Condition): SqlCondition {
  const source = valuesOf(condition.field);
  if ('exists' in condition) {
    const found =
      'column' in source
        ? { text: `${source.column} IS NOT NULL`, values: [] }
        : { text: `EXISTS (SELECT 1 FROM ${source.from})`, values: source.values };
    return condition.exists ? found : negated(found);
  }
  const test = 'column' in source ? columnTest(source.column, condition) : jsonTest(condition);
  const found =
    'column' in source
      ? test
      : { text: `EXISTS (SELECT 1 FROM ${source.from} AND ${test.text})`, values: [...source.values, ...test.values] };
  return condition.not ? negated(found) : found;
}

/** What a condition is not true of, a missing value included. */
function negated({ text, values }: SqlCondition): SqlCondition {
  return { text: `(${text}) IS NOT TRUE`, values };
}

type Test = Exclude<Condition, { exists: boolean }>;

function columnTest(column: string, test: Test): SqlCondition {
  if ('anyOf' in test) return anyOfSql(column, test.anyOf);
  return 'prefix' in test ? prefixSql(column, test.prefix) : rangeSql(column, test.range);
}

/** `v` is a row of json_each. Values of different types are never equal, and never compared: to SQLite, text > number. */
function jsonTest(test: Test): SqlCondition {
  if ('anyOf' in test) {
    const booleans = test.anyOf.filter((value) => typeof value === 'boolean').map(String);
    const others = test.anyOf.filter((value) => typeof value !== 'boolean');
    const typed = anyOfSql('v.type', booleans);
    const plain = anyOfSql('v.value', others);
    return {
      text: `(${typed.text} OR (v.type NOT IN ('true', 'false') AND ${plain.text}))`,
      values: [...typed.values, ...plain.values],
    };
  }
  const { text, values } = 'prefix' in test ? prefixSql('v.value', test.prefix) : rangeSql('v.value', test.range);
  const types = 'prefix' in test ? `'text'` : `'integer', 'real'`;
  return { text: `v.type IN (${types}) AND ${text}`, values };
}

/** The values as one JSON list: a statement's text, by which it is cached, does not depend on how many there are. */
function anyOfSql(value: string, anyOf: Extract<Test, { anyOf: unknown }>['anyOf']): SqlCondition {
  return { text: `${value} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(anyOf)] };
}

/** As a range, so that an index serves it; U+10FFFF is the last code point and no character. */
function prefixSql(value: string, prefix: string): SqlCondition {
  return { text: `(${value} >= ? AND ${value} < ?)`, values: [prefix, `${prefix}\u{10FFFF}`] };
}

const OPERATORS = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const;

function rangeSql(value: string, range: Extract<Test, { range: unknown }>['range']): SqlCondition {
  const bounds = Object.entries(range) as [keyof typeof OPERATORS, number][];
  return {
    text: `(${bounds.map(([bound]) => `${value} ${OPERATORS[bound]} ?`).join(' AND ')})`,
    values: bounds.map(([, limit]) => limit),
  };
}
