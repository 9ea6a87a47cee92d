import { z } from 'zod';
import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { catalog } from '../../../src-core/domain/catalog.ts';

// The folder of a backup (docs/command-line.md): pieces of some thousand records each, in the order of their image ids, and a
// manifest that lists them with their checksums. Names of files follow from a piece's number, never from what is read.

const FORMAT = 'imagefleet-catalog';
const VERSION = 1;

export const MANIFEST = 'catalog.json';
/** The manifest of a backup that is not whole yet, with the pieces that are. */
export const UNFINISHED = 'catalog.unfinished.json';

const whole = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');

const piece = z.strictObject({
  number: whole,
  records: whole.min(1),
  /** Image ids. */
  first: z.uuid(),
  last: z.uuid(),
  recordsBytes: whole,
  recordsSha256: sha256,
  vectorsSha256: sha256,
});
export type Piece = z.infer<typeof piece>;

const manifestSchema = z
  .strictObject({
    format: z.literal(FORMAT),
    version: z.literal(VERSION),
    catalog: z.strictObject(catalog.shape),
    /** When the copy began, ms since the epoch. */
    startedAt: whole,
    records: whole,
    pieces: z.array(piece),
  })
  .superRefine(({ records, pieces }, context) => {
    const problem = (message: string): void => context.addIssue({ code: 'custom', path: ['pieces'], message });
    if (pieces.some(({ number }, i) => number !== i + 1)) problem('must be numbered from 1');
    if (pieces.some(({ first }, i) => i > 0 && first <= pieces[i - 1]!.last)) problem('must be in the order of ids');
    if (countOf(pieces) !== records) problem(`hold ${countOf(pieces)} records, not ${records}`);
  });
export type Manifest = z.infer<typeof manifestSchema>;

export function createManifest(of: Manifest['catalog'], startedAt: number): Manifest {
  return { format: FORMAT, version: VERSION, catalog: of, startedAt, records: 0, pieces: [] };
}

export function countOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { records }) => sum + records, 0);
}

export function recordsFile(number: number): string {
  return `records-${String(number).padStart(5, '0')}.jsonl`;
}

export function vectorsFile(number: number): string {
  return `vectors-${String(number).padStart(5, '0')}.f32`;
}

/** Throws INVALID_INPUT for what is no manifest of ours or a damaged one, DATABASE_TOO_NEW for one of a later format. */
export function parseManifest(text: string, path: string): Manifest {
  const json = parseJson(text, path);
  const { data: header } = z.looseObject({ format: z.literal(FORMAT), version: whole }).safeParse(json);
  if (!header) throw new AppError('INVALID_INPUT', `${path} is not the manifest of a backup`);
  if (header.version > VERSION) {
    throw new AppError('DATABASE_TOO_NEW', `${path} has format ${header.version}; this version knows up to ${VERSION}`);
  }
  return parseOrThrow(manifestSchema, json, path);
}

/** Throws INVALID_INPUT that names the file. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('INVALID_INPUT', `${where} is damaged: ${(error as Error).message}`, { cause: error });
  }
}
