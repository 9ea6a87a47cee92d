import { z } from 'zod';

const column = z.string().min(1).max(1_000);

/**
 * Which column of a manifest holds which field. Null: none does; left out: it is known by its name. All other columns are
 * fields of the picture.
 */
export const manifestColumns = z.strictObject({
  path: column.optional(),
  product_id: column.nullable().optional(),
  name: column.nullable().optional(),
  description: column.nullable().optional(),
});
export type ManifestColumns = z.output<typeof manifestColumns>;

export const MANIFEST_FIELDS = [
  'path',
  'product_id',
  'name',
  'description',
] as const satisfies (keyof ManifestColumns)[];

const FORMATS: Record<string, 'csv' | 'json-lines'> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'json-lines',
  '.ndjson': 'json-lines',
};

export const MANIFEST_ENDINGS = Object.keys(FORMATS);

/** By the end of its name. Undefined: it is no manifest. */
export function manifestFormat(path: string): 'csv' | 'json-lines' | undefined {
  return FORMATS[/\.\w+$/.exec(path)?.[0].toLowerCase() ?? ''];
}

/** Whether the name is that of a manifest. */
export function isManifestName(path: string): boolean {
  return manifestFormat(path) !== undefined;
}
