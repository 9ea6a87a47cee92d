import { AppError } from '../../domain/app-error.ts';

const SUPPORTED = 'JPEG, PNG, WebP, GIF, AVIF, TIFF, SVG or HEIC';

/** How our formats begin: what looks like one of them and cannot be opened is damaged, not foreign. */
const SIGNATURES = [
  /^\xff\xd8\xff/,
  /^\x89PNG/,
  /^RIFF.{4}WEBP/s,
  /^GIF8/,
  /^II\*\0/,
  /^MM\0\*/,
  /^.{4}ftyp(avi|hei|hev)/s,
];

/** An error of libvips, which has only words, as one of ours. */
export function toDecodeError(error: unknown, bytes: Uint8Array): AppError {
  if (error instanceof AppError) return error;
  const message = wordsOf(error);
  if (/unsupported image format/.test(message) && !isOurs(bytes)) return unsupportedFormat(bytes, error);
  if (/exceeds channel limit/.test(message)) return new AppError('UNSUPPORTED_FORMAT', message, { cause: error });
  if (/pixel limit/.test(message)) return new AppError('IMAGE_TOO_LARGE', message, { cause: error });
  if (message.startsWith('timeout:'))
    return new AppError('DECODE_TIMEOUT', `decoding took too long (${message})`, { cause: error });
  return new AppError('IMAGE_CORRUPT', message, { cause: error });
}

export function unsupportedFormat(bytes: Uint8Array, cause?: unknown): AppError {
  const start = JSON.stringify(startOf(bytes));
  return new AppError('UNSUPPORTED_FORMAT', `not a ${SUPPORTED}: it begins with ${start}`, { cause });
}

/** libvips says each step that failed on a line of its own, and its searching about in a short file too. */
function wordsOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  const telling = lines.filter((line) => line.trim() !== '' && !line.startsWith('source: bad seek'));
  return telling.join('; ').replace(/^Input buffer has corrupt header: /, '') || 'cannot be decoded';
}

function isOurs(bytes: Uint8Array): boolean {
  return SIGNATURES.some((signature) => signature.test(startOf(bytes)));
}

function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 12)).toString('latin1');
}
