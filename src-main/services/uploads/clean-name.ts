import { AppError } from '../../../src-core/domain/app-error.ts';

/** Of one part, in bytes: what file systems take. */
const MOST_BYTES = 255;
const MOST_PARTS = 64;

/** What some file system forbids in a name, or reads as something else. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\\<>:"|?*\u0000-\u001f\u007f]/g;
/** Names that are devices on Windows, whatever stands after a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * The path below its set's folder that a file is kept under, with `/` between its parts and in NFC. What a file system of
 * any machine would not take becomes `_`. Throws INVALID_INPUT for a path that is none, or leads out.
 */
export function cleanName(given: string): string {
  if (!given.isWellFormed()) throw refusal(given, 'is not well-formed Unicode');
  const parts = given.normalize('NFC').split('/');
  if (parts.length > MOST_PARTS) throw refusal(given, `has more than ${MOST_PARTS} parts`);
  return parts.map((part) => cleanPart(part, given)).join('/');
}

function cleanPart(part: string, given: string): string {
  if (['', '.', '..'].includes(part)) throw refusal(given, `has a part that is “${part}”`);
  const clean = part
    .replaceAll(FORBIDDEN, '_')
    .replace(/[. ]+$/, '_')
    .replace(DEVICE, '_$1');
  if (Buffer.byteLength(clean) > MOST_BYTES) throw refusal(given, `has a part of more than ${MOST_BYTES} bytes`);
  return clean;
}

function refusal(given: string, problem: string): AppError {
  const name = given.length > 200 ? `${given.slice(0, 200)}…` : given;
  return new AppError('INVALID_INPUT', `the file’s path “${name.toWellFormed()}” ${problem}`);
}
