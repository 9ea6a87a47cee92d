import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Piece } from '../../services/uploads/receive.ts';

/**
 * Which bytes of its file a request brings: by `Content-Range: bytes 0-99/200`, or by `Upload-Offset` and `Upload-Length`;
 * without either, all of it. Throws INVALID_INPUT.
 */
export function pieceOf(headers: IncomingHttpHeaders): Piece {
  const length = numberOf(headers, 'content-length');
  const range = headers['content-range'];
  if (range !== undefined) return pieceOfRange(range, length);
  const offset = numberOf(headers, 'upload-offset') ?? 0;
  const total = numberOf(headers, 'upload-length') ?? (length === null ? null : offset + length);
  if (total !== null && total < offset + (length ?? 0)) throw refused('upload-length', `ends before the piece does`);
  return { offset, total };
}

function pieceOfRange(range: string, length: number | null): Piece {
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(range) ?? [];
  const piece = { offset: Number(first), total: Number(total) };
  const end = Number(last) + 1;
  if (first === undefined || end <= piece.offset || end > piece.total) {
    throw refused('content-range', `“${range}” is none of the form “bytes 0-99/200”`);
  }
  if (length !== null && length !== end - piece.offset) {
    throw refused('content-range', `“${range}” is not as long as the body, of ${length} bytes`);
  }
  return piece;
}

function numberOf(headers: IncomingHttpHeaders, name: string): number | null {
  const value = headers[name];
  if (value === undefined) return null;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  throw refused(name, `“${String(value)}” is no number of bytes`);
}

function refused(header: string, problem: string): AppError {
  return new AppError('INVALID_INPUT', `${header}: ${problem}`, { details: { issues: [{ field: header, problem }] } });
}
