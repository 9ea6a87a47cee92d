import { dirname, extname } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import { readCsv } from './csv-manifest.ts';
import { badLine, fieldNames, parseJsonObject, toPicture, type ManifestItem } from './manifest-fields.ts';
import { readLines, type Line } from './read-lines.ts';

const FORMATS: Record<string, 'csv' | 'json-lines'> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'json-lines',
  '.ndjson': 'json-lines',
};

/** Room for the longest description and a lot of metadata. */
const LINE_CHARS = 256 * 1024;

function formatOf(path: string): 'csv' | 'json-lines' | undefined {
  return FORMATS[extname(path).toLowerCase()];
}

/** Whether the name is that of a manifest. */
export function isManifestFile(path: string): boolean {
  return formatOf(path) !== undefined;
}

/**
 * The lines of a manifest, streamed: CSV (a header row; comma, semicolon or tab) or JSON lines. `path` is absolute. A
 * bad line is an item and stops nothing. Throws INVALID_MANIFEST for a file that cannot be read, is of another kind or
 * has no column for the path.
 */
export async function* readManifest(path: string, signal?: AbortSignal): AsyncGenerator<ManifestItem> {
  const format = formatOf(path);
  if (!format) {
    throw new AppError(
      'INVALID_MANIFEST',
      `${path} is no manifest: its name must end in ${Object.keys(FORMATS).join(', ')}`,
    );
  }
  const lines = readLines(path, LINE_CHARS, signal);
  const folder = dirname(path);
  yield* format === 'csv' ? readCsv(lines, path, folder) : readJsonLines(lines, folder);
}

/** Throws INVALID_MANIFEST when `readManifest` would at its first line. */
export async function checkManifest(path: string): Promise<void> {
  const items = readManifest(path);
  await items.next();
  await items.return(undefined);
}

async function* readJsonLines(lines: AsyncIterable<Line>, folder: string): AsyncGenerator<ManifestItem> {
  for await (const { line, text } of lines) {
    if (text?.trim() === '') continue;
    const values = text === null ? null : parseJsonObject(text);
    if (text === null) yield badLine(line, 'it is too long');
    else if (!values) yield badLine(line, 'it is not one JSON object');
    else yield toPicture(line, values, fieldNames(Object.keys(values)), folder);
  }
}
