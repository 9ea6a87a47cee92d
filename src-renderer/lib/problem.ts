import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { AppError, ERRORS, type ErrorCode } from '../../src-core/domain/app-error.ts';
import { UI } from '../texts/ui.ts';

/** What a person is told of an error. */
export interface Problem {
  /** Null: no answer came, so there is none. */
  code: ErrorCode | null;
  message: string;
  todo: string;
}

/** Of anything that a call of the API throws. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AppError) return known(error.code, error.message);
  if (error instanceof ORPCError) {
    const code = String(error.code);
    return isErrorCode(code) ? known(code, error.message) : known('INTERNAL', error.message);
  }
  // What fetch throws when nobody answers says nothing that helps.
  if (error instanceof TypeError) return { code: null, message: UI.problem.away, todo: UI.problem.awayTodo };
  return { code: null, message: error instanceof Error ? error.message : String(error), todo: UI.problem.unknownTodo };
}

export function isUnauthorized(error: unknown): boolean {
  return problemOf(error).code === 'UNAUTHORIZED';
}

function known(code: ErrorCode, message: string): Problem {
  return { code, message, todo: ERRORS[code].todo };
}

function isErrorCode(code: string): code is ErrorCode {
  return code in ERRORS;
}

const fieldErrors = z.object({ errors: z.array(z.object({ field: z.string(), problem: z.string() })) });

/** What was wrong with which field, where the server's answer says so. */
export function fieldProblemsOf(error: unknown): ReadonlyMap<string, string> {
  const parsed = fieldErrors.safeParse(error instanceof ORPCError ? error.data : null);
  return new Map(parsed.success ? parsed.data.errors.map(({ field, problem }) => [field, problem]) : []);
}
