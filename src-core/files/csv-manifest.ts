import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../domain/app-error.ts';
import type { ManifestColumns } from '../domain/manifest-columns.ts';
import { badLine, fieldNames, toPicture, type FieldNames, type ManifestItem } from './manifest-fields.ts';
import type { Line } from './read-lines.ts';

const DELIMITERS = [',', ';', '\t'] as const;

/** A quoted value may run over lines. One that is not closed within so much is a mistake of its first line alone. */
const WINDOW_LINES = 1_000;
const WINDOW_CHARS = 4 * 1024 * 1024;

interface Header {
  columns: string[];
  names: FieldNames;
  delimiter: string;
  folder: string;
}

/**
 * The pictures of a CSV file. csv-parse's own stream loses its place at a broken quote, and with it all lines that
 * follow; so lines are put together to records here and each record is parsed by itself.
 * Throws INVALID_MANIFEST when the header has no column for the path, or lacks one that was said.
 */
export async function* readCsv(
  lines: AsyncIterable<Line>,
  path: string,
  folder: string,
  said: ManifestColumns,
): AsyncGenerator<ManifestItem> {
  let header: Header | null = null;
  let window: Line[] = [];
  let chars = 0;
  for await (const line of lines) {
    if (!header) {
      header = { ...checked(readCsvHeader(line.text ?? '', said), path, said), folder };
      continue;
    }
    window.push(line);
    chars += line.text?.length ?? 0;
    if (window.length < WINDOW_LINES && chars < WINDOW_CHARS) continue;
    window = yield* readWindow(window, header);
    chars = window.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  }
  if (!header) throw new AppError('INVALID_MANIFEST', `${path} is empty; its first line must name the columns`);
  while (window.length > 0) window = yield* readWindow(window, header);
}

/** Its columns, and the delimiter by which there are the most, or one of them holds the path. */
export function readCsvHeader(text: string, said: ManifestColumns): Omit<Header, 'folder'> {
  const [best] = DELIMITERS.map((delimiter) => {
    const columns = (fieldsOf(text, delimiter) ?? []).map((column) => column.trim());
    return { columns, names: fieldNames(columns, said), delimiter };
  }).toSorted((a, b) => Number(hasPath(b)) - Number(hasPath(a)) || b.columns.length - a.columns.length);
  return best!;
}

function hasPath({ columns, names }: Omit<Header, 'folder'>): boolean {
  return names.path !== undefined && columns.includes(names.path);
}

function checked(header: Omit<Header, 'folder'>, path: string, said: ManifestColumns): Omit<Header, 'folder'> {
  const { columns, names } = header;
  const absent = Object.values(said).find((column) => typeof column === 'string' && !columns.includes(column));
  const problem =
    absent !== undefined
      ? `has no column ${absent}`
      : names.path === undefined && 'has no column path (or image_path, file, filename)';
  if (problem === false) return header;
  throw new AppError('INVALID_MANIFEST', `${path} ${problem}; its columns are: ${columns.join(', ')}`);
}

/** Reads the records of a window; answers the lines from the first record on that is not closed in it. */
function* readWindow(window: Line[], header: Header): Generator<ManifestItem, Line[]> {
  let start = 0;
  while (start < window.length) {
    const { line, text } = window[start]!;
    const end = endOfRecord(window, start);
    if (end === null && start > 0) return window.slice(start);
    const fields = end === null ? null : fieldsOf(joined(window.slice(start, end)), header.delimiter);
    if (text === null) yield badLine(line, 'it is too long');
    else if (!fields) yield badLine(line, 'a quote stands inside a value or is not closed; write it twice, in quotes');
    else if (text.trim() !== '') yield toItem(line, fields, header);
    // What follows a broken quote may be whole lines again.
    start = fields && end !== null ? end : start + 1;
  }
  return [];
}

/** The line after the record that begins at `start`: where its quotes are even. Null when they never are. */
function endOfRecord(window: Line[], start: number): number | null {
  let quotes = 0;
  for (let index = start; index < window.length; index++) {
    const { text } = window[index]!;
    if (text === null) return index === start ? start + 1 : null;
    quotes += text.split('"').length - 1;
    if (quotes % 2 === 0) return index + 1;
  }
  return null;
}

function joined(lines: Line[]): string {
  return lines.map(({ text }) => text ?? '').join('\n');
}

/** Null when the quoting is wrong. A parser of csv-parse costs 25 µs to make: nearly all lines do without. */
function fieldsOf(record: string, delimiter: string): string[] | null {
  if (!record.includes('"')) return record.split(delimiter);
  try {
    const records = parse(record, { delimiter, recordDelimiter: '\n' });
    return records.length === 1 ? records[0]! : null;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

function toItem(line: number, fields: string[], { columns, names, folder }: Header): ManifestItem {
  if (fields.slice(columns.length).some((value) => value !== '')) {
    return badLine(line, `it has ${fields.length} values, the header ${columns.length} columns`);
  }
  const values = Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? '']));
  return toPicture(line, values, names, folder);
}
