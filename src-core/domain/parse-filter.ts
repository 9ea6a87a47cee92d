import { AppError } from './app-error.ts';
import { checkFilter, isMetadata } from './check-filter.ts';
import { canonicalName } from './identity.ts';
import { type Condition, FILTER_FIELDS, type Filter, type FilterField } from './search.ts';
import { splitValues, unquoteValue } from './value-list.ts';

/** What the command line calls a field: snake_case, as the answers of `search --json` do. */
const FIELD_NAMES = new Map<string, FilterField>(
  (Object.keys(FILTER_FIELDS) as FilterField[]).map((field) => [
    field.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    field,
  ]),
);
const DATES = new Set<FilterField>(['capturedAt', 'mtimeMs', 'indexedAt', 'missingSince']);
const BOUNDS = { '>=': 'gte', '>': 'gt', '<=': 'lte', '<': 'lt' } as const;
const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};
const DAY_MS = 86_400_000;

/**
 * The conditions of a command line, each `field=value`, `field!=value`, `field=one,two`, `field=start*`, `field>=n`,
 * `field>n`, `field<=n`, `field<n`, `field=*` (has one) or `field!=*` (has none). Fields are in snake_case
 * (`product_id`) or as in a record; `metadata.key` is a producer's own; `folder` takes an absolute path and means all
 * below it. A value in double quotes is meant as it is, with its commas, stars and blanks (value-list.ts). Dates are `2024`, `2024-05`, `2024-05-17` or with a time, in UTC; a date alone stands for its whole span.
 * `bytes` understands 5MB and 2MiB. `nameOf` answers what the store calls a folder. Throws INVALID_INPUT, which names what
 * is allowed.
 */
export function parseFilter(
  expressions: readonly string[],
  nameOf: (folder: string) => string = (folder) => canonicalName(folder),
): Filter {
  return checkFilter(expressions.map((expression) => parseCondition(expression, nameOf)));
}

function parseCondition(expression: string, nameOf: (folder: string) => string): Condition {
  const [, name = '', operator = '', text = ''] =
    /^\s*([^=<>!]*[^=<>!\s])\s*(!=|>=|<=|=|>|<)\s*(.*?)\s*$/su.exec(expression) ?? [];
  if (!operator || !text)
    throw invalid(expression, 'write it as field=value, field!=value, field>=number or field=start*');
  const not = operator === '!=' ? { not: true } : {};
  const isBound = operator in BOUNDS;

  if (name === 'folder') {
    if (isBound) throw invalid(expression, 'folder takes = or !=');
    const folder = unquoteValue(text);
    if (!/^([/\\]|[A-Za-z]:)/.test(folder)) throw invalid(expression, 'folder takes an absolute path');
    return { field: 'canonicalName', prefix: `${nameOf(folder).replace(/\/$/, '')}/`, ...not };
  }

  const field = fieldOf(expression, name);
  if (isBound) return { field, range: bound(expression, field, operator as keyof typeof BOUNDS, text) };
  if (text === '*') return { field, exists: !('not' in not) };
  if (kindOf(field) === 'number') return { field, ...numbers(expression, field, text), ...not };
  if (text.endsWith('*')) return { field, prefix: unquoteValue(text.slice(0, -1)), ...not };
  const values = splitValues(text);
  return { field, anyOf: isMetadata(field) ? values.flatMap(asJson) : values, ...not };
}

function fieldOf(expression: string, name: string): Condition['field'] {
  if (/^metadata\../.test(name)) return name as `metadata.${string}`;
  const field = FIELD_NAMES.get(name) ?? (Object.hasOwn(FILTER_FIELDS, name) ? (name as FilterField) : undefined);
  if (field) return field;
  throw invalid(
    expression,
    `there is no field “${name}”; there are ${[...FIELD_NAMES.keys()].join(', ')}, folder and metadata.KEY`,
  );
}

/** The field of this name, in snake_case or as in a record. Throws INVALID_INPUT, which names what there is. */
export function parseField(name: string): Condition['field'] {
  return fieldOf(name, name);
}

function kindOf(field: Condition['field']): 'text' | 'number' | 'list' | 'metadata' {
  return isMetadata(field) ? 'metadata' : FILTER_FIELDS[field];
}

/** What a producer meant by `5` or `true` is not known: both the text and the value are looked for. */
function asJson(text: string): (string | number | boolean)[] {
  if (text === 'true' || text === 'false') return [text, text === 'true'];
  const number = toNumber(text);
  return Number.isFinite(number) ? [text, number] : [text];
}

/** NaN for what is none, an empty text included. */
function toNumber(text: string): number {
  return text === '' ? NaN : Number(text);
}

/** Equality with numbers or with spans of time; several values only where they are plain numbers. */
function numbers(expression: string, field: Condition['field'], text: string): { anyOf: number[] } | { range: Range } {
  if (!DATES.has(field as FilterField)) {
    return { anyOf: text.split(',').map((part) => span(expression, field, part.trim()).from) };
  }
  const { from, to } = span(expression, field, text);
  return from === to ? { anyOf: [from] } : { range: { gte: from, lt: to } };
}

type Range = Extract<Condition, { range: unknown }>['range'];

/** `<=2024` means to the end of 2024, and `>2024` from then on. */
function bound(expression: string, field: Condition['field'], operator: keyof typeof BOUNDS, text: string): Range {
  const kind = kindOf(field);
  if (kind === 'text' || kind === 'list') {
    throw invalid(expression, `${operator} needs a field that holds numbers or dates`);
  }
  const { from, to } = span(expression, field, text);
  if (from === to) return { [BOUNDS[operator]]: from };
  if (operator === '<=') return { lt: to };
  return operator === '>' ? { gte: to } : { [BOUNDS[operator]]: from };
}

interface Span {
  from: number;
  /** Exclusive; `from` itself for a point. */
  to: number;
}

function span(expression: string, field: Condition['field'], text: string): Span {
  if (DATES.has(field as FilterField)) return dateSpan(expression, text);
  const size = field === 'bytes' ? /^([\d.]+)\s*([a-z]*)$/i.exec(text) : null;
  const value = size ? toNumber(size[1]!) * (UNITS[size[2]!.toLowerCase()] ?? NaN) : toNumber(text);
  if (!Number.isFinite(value)) {
    throw invalid(
      expression,
      field === 'bytes' ? 'a size is a number, or 500kB, 5MB, 2MiB' : `“${text}” is not a number`,
    );
  }
  return { from: value, to: value };
}

/** ISO 8601, from a year down to a time; UTC where no zone is given. */
function dateSpan(expression: string, text: string): Span {
  const [date = '', year, month = '01', day = '01', time] =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](.+))?)?)?$/.exec(text) ?? [];
  const zoned = time && /(Z|[+-]\d\d:\d\d)$/.test(time);
  const from = Date.parse(`${year}-${month}-${day}T${time ?? '00:00'}${zoned ? '' : 'Z'}`);
  // Date.parse takes February 30 for March 1.
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number.isNaN(from) || Number(day) > lastDay) {
    throw invalid(expression, `“${text}” is not a date like 2024, 2024-05-17 or 2024-05-17T10:30`);
  }
  if (time) return { from, to: from };
  if (date.length === '2024-05-17'.length) return { from, to: from + DAY_MS };
  const isYear = date.length === '2024'.length;
  return { from, to: isYear ? Date.UTC(Number(year) + 1, 0) : Date.UTC(Number(year), Number(month)) };
}

function invalid(expression: string, problem: string): AppError {
  return new AppError('INVALID_INPUT', `filter “${expression}”: ${problem}`);
}
