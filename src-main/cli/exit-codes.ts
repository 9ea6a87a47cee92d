import { toAppError, type AppError, type ErrorCode } from '../../src-core/domain/app-error.ts';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  /** 128 + SIGINT, as shells report a command that Ctrl-C ended. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const EXIT_OF: Partial<Record<ErrorCode, ExitCode>> = {
  INVALID_INPUT: EXIT.usage,
  INVALID_SETTINGS: EXIT.usage,
  NOT_FOUND: EXIT.usage,
  QUEUE_UNAVAILABLE: EXIT.unreachable,
  STORE_UNAVAILABLE: EXIT.unreachable,
  DATA_DIR_UNUSABLE: EXIT.unreachable,
  DATABASE_TOO_NEW: EXIT.unreachable,
};

/** The command line's own errors are its caller's to mend (2), a backend's are its operator's (3), the rest is 1. */
export function exitCodeOf(error: unknown): ExitCode {
  const { code }: AppError = toAppError(error);
  return EXIT_OF[code] ?? EXIT.failed;
}
