import { manifestFormat, type ManifestColumns } from '../domain/manifest-columns.ts';
import { readCsvHeader } from './csv-manifest.ts';
import { fieldNames, parseJsonObject, type FieldNames, type ManifestItem } from './manifest-fields.ts';
import { manifestLines, readManifest } from './manifest.ts';

export interface ManifestHead {
  columns: string[];
  /** By what was said, and by the names of the others. */
  names: FieldNames;
  /** The first lines as they would be taken; none while no column holds the path. */
  items: ManifestItem[];
}

/** JSON lines may each have other fields. */
const LOOKED_AT = 100;

/** What a manifest holds and how it would be read. Throws INVALID_MANIFEST for one that has no columns at all. */
export async function readManifestHead(path: string, said: ManifestColumns, count: number): Promise<ManifestHead> {
  const columns = await columnsOf(path);
  // What was said of another manifest is no column of this one.
  const known = Object.fromEntries(
    Object.entries(said).filter(([, column]) => typeof column !== 'string' || columns.includes(column)),
  ) as ManifestColumns;
  const names = fieldNames(columns, known);
  const items: ManifestItem[] = [];
  if (names.path === undefined) return { columns, names, items };
  for await (const item of readManifest(path, known)) {
    items.push(item);
    if (items.length >= count) break;
  }
  return { columns, names, items };
}

async function columnsOf(path: string): Promise<string[]> {
  const isCsv = manifestFormat(path) === 'csv';
  const columns = new Set<string>();
  for await (const { line, text } of manifestLines(path)) {
    if (isCsv) return readCsvHeader(text ?? '', {}).columns;
    for (const key of Object.keys(parseJsonObject(text ?? '') ?? {})) columns.add(key);
    if (line >= LOOKED_AT) break;
  }
  return [...columns];
}
