import type { Socket } from 'node:net';
import { ORPCError, ValidationError } from '@orpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createTroubleWatch } from '../../src-core/telemetry/trouble-watch.ts';
import { AppError, ERRORS, isBackendTrouble, toAppError, type ErrorCode } from '../../src-core/domain/app-error.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: 400,
  INVALID_MANIFEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  PATH_OUTSIDE_ROOT: 403,
  NOT_FOUND: 404,
  MODEL_NOT_FOUND: 404,
  CONFLICT: 409,
  FINGERPRINT_MISMATCH: 409,
  TOO_MANY_REQUESTS: 429,
  DIMENSION_MISMATCH: 409,
  FILE_TOO_LARGE: 413,
  DISK_FULL: 507,
  UPLOADS_FULL: 507,
  // The picture that was named, not the request, is what cannot be worked with.
  FILE_NOT_FOUND: 422,
  FILE_UNREADABLE: 422,
  FILE_EMPTY: 422,
  FILE_CHANGED: 422,
  NOT_A_FILE: 422,
  UNSUPPORTED_FORMAT: 422,
  IMAGE_CORRUPT: 422,
  IMAGE_TOO_LARGE: 422,
  DECODE_TIMEOUT: 422,
  REQUEST_TIMEOUT: 503,
  CANCELLED: 503,
  WORKER_LOST: 503,
};

/** Seconds after which a request that met a backend's trouble may be tried again. */
const RETRY_AFTER = 1;

/** An HTTP problem (RFC 9457), with our code, what to do, the field where there is one, and the request's id. */
interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  todo: string;
  errors?: { field: string; problem: string }[];
  request_id: string;
}

/** Answers every error as `application/problem+json`. A defect of ours is logged, and told without its message. */
export function answerProblems(app: FastifyInstance): void {
  const isNew = createTroubleWatch();
  app.setNotFoundHandler((request) => {
    const [path] = request.url.split('?');
    throw new AppError('NOT_FOUND', `there is no ${request.method} ${path}`);
  });
  app.setErrorHandler((thrown, request, reply) => {
    const { error, status } = errorOf(thrown);
    if (isBackendTrouble(error)) {
      if (isNew(error)) request.log.error({ error }, 'a backend is away; said once while requests meet it');
    } else if (status >= 500) request.log.error({ error }, 'a request failed');
    const { retryAfter = RETRY_AFTER } = (error.details ?? {}) as { retryAfter?: number };
    if (status === 503 || status === 429) void reply.header('retry-after', retryAfter);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    return sendProblem(request, reply, error, status);
  });
}

/** What cannot even be routed: a path with a broken escape, say. */
export function answerBroken(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { error: problem, status } = errorOf(error);
  void sendProblem(request, reply, problem, status);
}

/** What is no HTTP: there is no request yet, only a connection, which ends with it. */
export function answerUnparsed({ code }: Error & { code?: string }, socket: Socket): void {
  const [status, text] = UNPARSED[code ?? ''] ?? ['400 Bad Request', 'this is no HTTP request'];
  if (!socket.writable) return void socket.destroy();
  const problem = { type: 'about:blank', status: Number.parseInt(status), detail: text, code: 'INVALID_INPUT' };
  const body = JSON.stringify({ ...problem, todo: ERRORS.INVALID_INPUT.todo });
  const head = [`HTTP/1.1 ${status}`, 'connection: close', 'content-type: application/problem+json'];
  socket.end([...head, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
}

const UNPARSED: Record<string, [status: string, text: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
};

function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError, status: number): FastifyReply {
  const { code, message, details } = error;
  const problem: Problem = {
    type: 'about:blank',
    title: code.toLowerCase().replaceAll('_', ' '),
    status,
    detail:
      code === 'INTERNAL' ? 'the server met an unexpected error; its log has more under the request’s id' : message,
    code,
    todo: ERRORS[code].todo,
    ...(Array.isArray(details?.issues) && { errors: details.issues as Problem['errors'] & object }),
    request_id: request.id,
  };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
}

/** What is said of anything thrown, with the HTTP status that it has. */
export function errorOf(thrown: unknown): { error: AppError; status: number } {
  if (thrown instanceof ORPCError)
    return { error: ofContract(thrown), status: thrown.code === 'BAD_REQUEST' ? 400 : 500 };
  const { statusCode = 500, message, code } = thrown as { statusCode?: number; message: string; code?: string };
  if (code === 'FST_ERR_HANDLER_TIMEOUT') {
    const late = new AppError('REQUEST_TIMEOUT', 'there was no answer in time', { cause: thrown });
    return { error: late, status: 503 };
  }
  // Fastify's own refusals: no JSON, too large, another content type …
  if (!(thrown instanceof AppError) && statusCode < 500) {
    return { error: new AppError('INVALID_INPUT', message, { cause: thrown }), status: statusCode };
  }
  const error = toAppError(thrown);
  return { error, status: STATUS[error.code] ?? (isBackendTrouble(error) ? 503 : 500) };
}

/** What the contract refused: the input is its sender's fault, an output ours. */
function ofContract(refusal: ORPCError<string, unknown>): AppError {
  const { cause } = refusal;
  if (refusal.code !== 'BAD_REQUEST' || !(cause instanceof ValidationError)) {
    return new AppError('INTERNAL', refusal.message, { cause: refusal });
  }
  const issues = cause.issues.flatMap((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
    // zod says an unknown field of the object that holds it.
    const { keys = [null] } = issue as { keys?: (string | null)[] };
    return keys.map((key) => ({
      field: [...path, ...(key === null ? [] : [key])].join('.'),
      problem: key === null ? issue.message : 'there is no such field',
    }));
  });
  const text = issues.map(({ field, problem }) => (field ? `${field}: ${problem}` : problem)).join('; ');
  return new AppError('INVALID_INPUT', text, { details: { issues }, cause });
}
