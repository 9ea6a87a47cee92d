import {
  QdrantClientResourceExhaustedError,
  QdrantClientTimeoutError,
  QdrantClientUnexpectedResponseError,
} from '@qdrant/js-client-rest';
import { AppError } from '../../domain/app-error.ts';

/** What was asked of whom. */
export interface Asked {
  url: string;
  collection: string | null;
  timeoutMs: number;
}

/** What the server said when it refused; `status` is HTTP's. */
interface Answer {
  status: number;
  said: string;
}

const BUSY = new Set([429, 503]);

/** Whether the same request may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return isNoConnection(error) || BUSY.has(answerOf(error)?.status ?? 0);
}

/**
 * What the server wants to be waited for. The client keeps only the first digit of `Retry-After` (it indexes the text),
 * so this may be too short; never too long.
 */
export function retryAfterMs(error: unknown): number {
  return error instanceof QdrantClientResourceExhaustedError ? error.retry_after * 1_000 : 0;
}

/** As the port's errors. Anything that has not to do with the server, a defect of ours, comes back as it is. */
export function toStoreError(error: unknown, asked: Asked): unknown {
  const at = `Qdrant at ${asked.url}${asked.collection ? `, collection ${asked.collection}` : ''}`;
  const details = { ...asked };
  if (error instanceof QdrantClientTimeoutError) {
    return new AppError(
      'STORE_UNAVAILABLE',
      `${at}: no answer within ${asked.timeoutMs} ms; see the server’s load and the network`,
      { cause: error, details },
    );
  }
  if (isNoConnection(error)) {
    return new AppError(
      'STORE_UNAVAILABLE',
      `${at}: cannot be reached (${causeOf(error)}); check that the server runs and that the URL is right`,
      { cause: error, details },
    );
  }
  const answer = answerOf(error);
  if (answer) return refusalOf(answer, at, { ...details, status: answer.status }, error);
  if (isNoQdrant(error)) {
    return new AppError('STORE_UNAVAILABLE', `${at}: answers, but not as a Qdrant does; check the URL`, {
      cause: error,
      details,
    });
  }
  return error;
}

function refusalOf({ status, said }: Answer, at: string, details: Record<string, unknown>, cause: unknown): AppError {
  const message = `${at}: HTTP ${status}, ${said || 'without a word'}`;
  if (status === 401 || status === 403) {
    return new AppError('STORE_UNAVAILABLE', `${message}; check the API key (QDRANT_API_KEY)`, { cause, details });
  }
  if (status === 429) {
    return new AppError('STORE_UNAVAILABLE', `${message}; the server has too much to do`, { cause, details });
  }
  if (status >= 500) {
    return new AppError('STORE_UNAVAILABLE', `${message}; see the server’s log`, { cause, details });
  }
  if (status === 404 && /Collection `.*` doesn't exist/.test(said)) {
    return new AppError('NOT_FOUND', message, { cause, details });
  }
  return new AppError('STORE_REFUSED', message, { cause, details });
}

/** HTTP's, where `error` is an answer of Qdrant's. */
export function statusOf(error: unknown): number | null {
  const status = error instanceof AppError && error.details?.['status'];
  return typeof status === 'number' ? status : null;
}

/** A point that is not there, where it is named by its id. */
export function isUnknownPoint(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STORE_REFUSED' && statusOf(error) === 404;
}

/** fetch says only that it failed; why is in the cause. */
function isNoConnection(error: unknown): boolean {
  return error instanceof TypeError && (error.message === 'fetch failed' || error.message === 'terminated');
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  return String(cause?.code ?? cause?.message ?? 'no reason given');
}

/** A proxy's page, say: a status of success without what Qdrant would have said. */
function isNoQdrant(error: unknown): boolean {
  return (
    error instanceof QdrantClientUnexpectedResponseError ||
    (error instanceof Error && error.message === 'Result came uninitialized')
  );
}

/** The client's error says no more than “Bad Request”; what was wrong is in the body, which may be plain text. */
function answerOf(error: unknown): Answer | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof QdrantClientResourceExhaustedError) return { status: 429, said: error.message };
  // `Retry-After` as a date, which the client cannot read.
  if (error.message.startsWith('Invalid retryAfter value')) return { status: 429, said: 'Too Many Requests' };
  if (!('status' in error) || typeof error.status !== 'number') return null;
  const data = 'data' in error ? error.data : undefined;
  return { status: error.status, said: saidIn(data) || error.message };
}

function saidIn(data: unknown): string {
  if (typeof data === 'string') return data.trim().slice(0, 1_000);
  const status = data && typeof data === 'object' && 'status' in data ? data.status : undefined;
  const said = status && typeof status === 'object' && 'error' in status ? status.error : undefined;
  return typeof said === 'string' ? said : '';
}
