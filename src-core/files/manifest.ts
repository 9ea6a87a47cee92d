import { dirname } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import { isManifestName, MANIFEST_ENDINGS, manifestFormat, type ManifestColumns } from '../domain/manifest-columns.ts';
import { readCsv } from './csv-manifest.ts';
import { badLine, fieldNames, parseJsonObject, toPicture, type ManifestItem } from './manifest-fields.ts';
import { readLines, type Line } from './read-lines.ts';

/** Room for the longest description and a lot of metadata. */
const LINE_CHARS = 256 * 1024;

/**
 * The lines of a manifest, streamed: CSV (a header row; comma, semicolon or tab) or JSON lines. `path` is absolute. A
 * bad line is an item and stops nothing. Throws INVALID_MANIFEST for a file that cannot be read, is of another kind, has
 * no column for the path or lacks one of `columns`.
 */
export async function* readManifest(
  path: string,
  columns: ManifestColumns = {},
  signal?: AbortSignal,
): AsyncGenerator<ManifestItem> {
  const lines = manifestLines(path, signal);
  const folder = dirname(path);
  yield* manifestFormat(path) === 'csv' ? readCsv(lines, path, folder, columns) : readJsonLines(lines, folder, columns);
}

/** As they stand there. Throws INVALID_MANIFEST for a file that cannot be read or is of another kind. */
export function manifestLines(path: string, signal?: AbortSignal): AsyncGenerator<Line> {
  if (isManifestName(path)) return readLines(path, LINE_CHARS, signal);
  throw new AppError('INVALID_MANIFEST', `${path} is no manifest: its name must end in ${MANIFEST_ENDINGS.join(', ')}`);
}

/** Throws INVALID_MANIFEST when `readManifest` would at its first line. */
export async function checkManifest(path: string, columns: ManifestColumns = {}): Promise<void> {
  const items = readManifest(path, columns);
  await items.next();
  await items.return(undefined);
}

async function* readJsonLines(
  lines: AsyncIterable<Line>,
  folder: string,
  columns: ManifestColumns,
): AsyncGenerator<ManifestItem> {
  for await (const { line, text } of lines) {
    if (text?.trim() === '') continue;
    const values = text === null ? null : parseJsonObject(text);
    if (text === null) yield badLine(line, 'it is too long');
    else if (!values) yield badLine(line, 'it is not one JSON object');
    else yield toPicture(line, values, fieldNames(Object.keys(values), columns), folder);
  }
}
