import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError, parseOrThrow } from '../domain/app-error.ts';
import type { ManifestColumns } from '../domain/manifest-columns.ts';
import { pictureFacts, type SaidFacts } from '../domain/image-record.ts';

/** Names a manifest may use for a field, first choice first; case, spaces, `_` and `-` do not matter. */
const ALIASES = {
  path: ['path', 'imagepath', 'file', 'filename'],
  productId: ['productid', 'sku'],
  name: ['name', 'title'],
  description: ['description'],
  metadata: ['metadata'],
} as const;
type Field = keyof typeof ALIASES;

/** Which column holds which field; all others are metadata. */
export type FieldNames = Partial<Record<Field, string>>;

/** What was said goes first, also of a column that is not there; the others are known by their names. */
export function fieldNames(columns: readonly string[], said: ManifestColumns = {}): FieldNames {
  const { path, product_id: productId, name, description } = said;
  const given: Partial<Record<Field, string | null | undefined>> = { path, productId, name, description };
  const taken = new Set(Object.values(given));
  const byAlias = new Map(
    columns
      .toReversed()
      .filter((column) => !taken.has(column))
      .map((column) => [plain(column), column]),
  );
  const pairs = Object.entries(ALIASES).map(([field, aliases]) => [
    field,
    given[field as Field] === undefined
      ? aliases.map((alias) => byAlias.get(alias)).find((column) => column !== undefined)
      : (given[field as Field] ?? undefined),
  ]);
  return Object.fromEntries(pairs.filter(([, column]) => column !== undefined)) as FieldNames;
}

function plain(column: string): string {
  return column.toLowerCase().replaceAll(/[\s_-]/g, '');
}

const text = z.union([z.string(), z.number().transform(String)]);

const manifestLine = pictureFacts.extend({
  path: z
    .string()
    .min(1, 'must not be empty')
    .max(4_096)
    .refine((path) => !path.includes('\0'), 'must not contain a zero byte')
    .refine((path) => !path.includes('\ufffd'), 'is not valid UTF-8')
    .refine((path) => !/^[a-z][a-z\d+.-]+:\/\//i.test(path), 'must be the path of a file, not a URL'),
  productId: text.pipe(z.string().max(500)).optional(),
  name: text.pipe(z.string().max(2_000)).optional(),
});

export type ManifestItem =
  | { kind: 'picture'; line: number; /** Absolute. */ path: string; facts: SaidFacts }
  | { kind: 'bad'; line: number; message: string };

export function badLine(line: number, problem: string): ManifestItem {
  return { kind: 'bad', line, message: `line ${line}: ${problem}` };
}

/** One line's values as a picture; a relative path starts at `folder`. */
export function toPicture(
  line: number,
  values: Record<string, unknown>,
  names: FieldNames,
  folder: string,
): ManifestItem {
  const given = new Map(Object.entries(values).filter(([, value]) => value !== '' && value !== null));
  const fields = new Map(Object.entries(names).map(([field, column]) => [field, given.get(column)]));
  for (const column of Object.values(names)) given.delete(column);
  try {
    const raw = {
      ...Object.fromEntries(fields),
      path: fields.get('path') ?? '',
      metadata: metadataOf(fields.get('metadata')),
    };
    const { path, metadata, ...rest } = parseOrThrow(manifestLine, raw, `line ${line}`, 'INVALID_MANIFEST');
    const all = { ...Object.fromEntries(given), ...metadata };
    const facts = { ...rest, ...(Object.keys(all).length > 0 && { metadata: all }), ...emptyOnes(values, names, all) };
    return { kind: 'picture', line, path: resolve(folder, path), facts: withoutUndefined(facts) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'bad', line, message: error.message };
  }
}

/** Fields that have a column, which this line leaves empty; all columns that are no field's are one, metadata. */
function emptyOnes(values: Record<string, unknown>, names: FieldNames, metadata: object): SaidFacts {
  const isEmpty = (column: string | undefined): boolean =>
    column !== undefined && (values[column] === '' || values[column] === null);
  const empty: SaidFacts = {};
  for (const field of ['productId', 'name', 'description'] as const) if (isEmpty(names[field])) empty[field] = null;
  const own = new Set(Object.values(names));
  const others = Object.keys(values).filter((column) => !own.has(column));
  if (Object.keys(metadata).length === 0 && [...others, names.metadata].some(isEmpty)) empty.metadata = null;
  return empty;
}

function withoutUndefined(facts: { [K in keyof SaidFacts]: SaidFacts[K] | undefined }): SaidFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as SaidFacts;
}

/** A `metadata` field holds one JSON object; in CSV as text. */
function metadataOf(value: unknown): unknown {
  return typeof value === 'string' ? (parseJsonObject(value) ?? value) : value;
}

/** Null when the text is no JSON object. */
export function parseJsonObject(json: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(json);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
