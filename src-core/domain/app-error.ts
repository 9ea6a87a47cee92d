import { z } from 'zod';

/**
 * Every way in which Imagefleet can fail, closed. `retryable` is the default for a task that meets the error: another
 * attempt may help. `todo` is what a person can do; docs/errors.md is checked against this table.
 */
export const ERRORS = {
  FILE_NOT_FOUND: {
    retryable: false,
    todo: 'The file is gone. Import the folder again to bring the catalog up to date.',
  },
  FILE_UNREADABLE: {
    retryable: false,
    todo: 'Give the worker’s user permission to read the file, then retry the task.',
  },
  FILE_EMPTY: { retryable: false, todo: 'The file has no bytes. Copy it again from where it came from.' },
  FILE_CHANGED: { retryable: true, todo: 'The file was written while it was read. It is tried again by itself.' },
  FILE_TOO_LARGE: { retryable: false, todo: 'Raise limits.maxBytes if such files are meant to be indexed.' },
  NOT_A_FILE: { retryable: false, todo: 'The path is a folder, a pipe or a device. Name a picture file.' },
  PATH_OUTSIDE_ROOT: {
    retryable: false,
    todo: 'The path leaves its source folder. Import the folder it leads to instead.',
  },
  UNSUPPORTED_FORMAT: { retryable: false, todo: 'Convert the file to JPEG, PNG, WebP, GIF, AVIF, TIFF, SVG or HEIC.' },
  IMAGE_CORRUPT: {
    retryable: false,
    todo: 'The picture cannot be decoded. Repair or replace the file, then retry the task.',
  },
  IMAGE_TOO_LARGE: { retryable: false, todo: 'Raise limits.maxPixels if such pictures are meant to be indexed.' },
  DECODE_TIMEOUT: {
    retryable: false,
    todo: 'Decoding took longer than limits.decodeMs. Raise it, or replace the file.',
  },
  EMBED_FAILED: {
    retryable: true,
    todo: 'The model failed on this batch. See the worker’s log; check the model with doctor.',
  },
  WORKER_CRASHED: {
    retryable: false,
    todo: 'This picture killed its worker three times while alone. Inspect the file.',
  },
  NO_WORKER_SEES_IT: {
    retryable: false,
    todo: 'No live worker can open it. Check the path; mount its folder where a worker runs, or add a path map.',
  },
  SOURCE_UNAVAILABLE: {
    retryable: true,
    todo: 'The source’s folder cannot be read. Plug in or mount the drive, then resume.',
  },
  QUEUE_UNAVAILABLE: {
    retryable: true,
    todo: 'The queue cannot be reached or opened. See the message for the reason.',
  },
  STORE_UNAVAILABLE: {
    retryable: true,
    todo: 'The vector store cannot be reached or opened. See the message for the reason.',
  },
  STORE_REFUSED: {
    retryable: false,
    todo: 'The vector store refused the data. See the message; check the catalog’s model.',
  },
  DIMENSION_MISMATCH: {
    retryable: false,
    todo: 'The catalog was made with another model. Use that model or another catalog.',
  },
  DATABASE_TOO_NEW: { retryable: false, todo: 'The data dir was written by a newer version. Update Imagefleet.' },
  DATA_DIR_UNUSABLE: { retryable: false, todo: 'Choose another --data-dir, or make this one writable.' },
  DISK_FULL: { retryable: true, todo: 'Free some space on the disk of the data dir.' },
  UPLOADS_FULL: {
    retryable: false,
    todo: 'Delete uploads that are not needed any more, or raise uploads.maxBytes.',
  },
  FINGERPRINT_MISMATCH: {
    retryable: false,
    todo: 'The queue feeds another store or model. Use the same ones as its other workers.',
  },
  PROTOCOL_MISMATCH: {
    retryable: false,
    todo: 'Host and worker are of different versions. Install the same version for both.',
  },
  LEASE_LOST: { retryable: false, todo: 'The task was given to another worker. Nothing to do.' },
  WORKER_LOST: { retryable: true, todo: 'The worker died. Its tasks are given to others by themselves.' },
  CRASH_LOOP: {
    retryable: false,
    todo: 'Workers die before they finish anything. See their last log lines; run doctor.',
  },
  MODEL_NOT_FOUND: { retryable: false, todo: 'Install the model, or choose one that doctor lists.' },
  DOWNLOAD_FAILED: {
    retryable: true,
    todo: 'Check the network and models.mirror, then download again: it goes on where it stopped.',
  },
  MODEL_INVALID: { retryable: false, todo: 'The model’s files or manifest are damaged. Install it again.' },
  INVALID_INPUT: { retryable: false, todo: 'Correct the input that the message names.' },
  INVALID_SETTINGS: { retryable: false, todo: 'Correct the setting that the message names.' },
  INVALID_MANIFEST: { retryable: false, todo: 'Correct the line of the manifest that the message names.' },
  NOT_FOUND: { retryable: false, todo: 'Check the id or name; list commands show what there is.' },
  COPY_DIFFERS: {
    retryable: false,
    todo: 'Source and copy are not equal. Let nothing write to them, and run the same copy again.',
  },
  CONFLICT: { retryable: false, todo: 'Somebody else is doing the same. Wait for it, or stop it first.' },
  CANCELLED: { retryable: false, todo: 'Stopped on request. The same command resumes where that makes sense.' },
  UNAUTHORIZED: {
    retryable: false,
    todo: 'Send the token that "imagefleet token" prints: Authorization: Bearer …',
  },
  FORBIDDEN: {
    retryable: false,
    todo: 'The server does not allow this. The message says what, and which option allows it.',
  },
  TOO_MANY_REQUESTS: {
    retryable: true,
    todo: 'Wait as long as Retry-After says. http.requestsPerMinute is the limit; a batch is one request.',
  },
  REQUEST_TIMEOUT: {
    retryable: true,
    todo: 'Ask for less at once, or raise http.requestMs. The server’s load shows in its stats.',
  },
  INTERNAL: { retryable: false, todo: 'A defect of Imagefleet. Please report it with the log.' },
} as const satisfies Record<string, { retryable: boolean; todo: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Trouble of queue, store or disk: no task is to blame for it, and the next one would meet it too. It may pass. */
const BACKEND_TROUBLE: ReadonlySet<ErrorCode> = new Set([
  'STORE_UNAVAILABLE',
  'QUEUE_UNAVAILABLE',
  'DISK_FULL',
  'DATA_DIR_UNUSABLE',
]);

export function isBackendTrouble({ code }: Pick<AppError, 'code'>): boolean {
  return BACKEND_TROUBLE.has(code);
}

/** Queue or store are away: a matter of their servers, which come back. */
export function isOutage({ code }: Pick<AppError, 'code'>): boolean {
  return code === 'STORE_UNAVAILABLE' || code === 'QUEUE_UNAVAILABLE';
}

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export const errorCode = z.enum(ERROR_CODES);

/** What crosses processes, lies in the queue and is shown to people. */
export const wireError = z.object({
  code: errorCode,
  message: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
  stack: z.string().optional(),
});
export type WireError = z.infer<typeof wireError>;

export interface AppErrorOptions {
  /** Overrides the code's own default. */
  retryable?: boolean;
  cause?: unknown;
  /** Plain JSON: numbers and names that help, never a secret. */
  details?: Record<string, unknown>;
}

/** The one error type of the program. `message` says what was wrong, with the value; `ERRORS[code].todo` what to do. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? ERRORS[code].retryable;
    this.details = options.details;
  }
}

/** Any thrown value as an AppError; what is not one already becomes `fallback` (INTERNAL) and keeps its cause. */
export function toAppError(error: unknown, fallback: ErrorCode = 'INTERNAL'): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError(fallback, message, { cause: error });
}

export function toWire(error: unknown): WireError {
  const { code, message, retryable, details, stack, cause } = toAppError(error);
  const causeStack = cause instanceof Error && cause.stack ? `\ncaused by: ${cause.stack}` : '';
  return {
    code,
    message,
    retryable,
    ...(details ? { details } : {}),
    ...(stack ? { stack: stack + causeStack } : {}),
  };
}

export function fromWire(wire: WireError): AppError {
  const error = new AppError(wire.code, wire.message, {
    retryable: wire.retryable,
    ...(wire.details ? { details: wire.details } : {}),
  });
  if (wire.stack) error.stack = wire.stack;
  return error;
}

/** Parses `value`, or throws `code` with every offending field named: "limits.maxBytes: expected number". */
export function parseOrThrow<T extends z.ZodType>(
  schema: T,
  value: unknown,
  what: string,
  code: ErrorCode = 'INVALID_INPUT',
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({ field: issue.path.join('.'), problem: issue.message }));
  const text = issues.map(({ field, problem }) => (field ? `${field}: ${problem}` : problem)).join('; ');
  throw new AppError(code, `${what}: ${text}`, { details: { issues }, cause: result.error });
}
