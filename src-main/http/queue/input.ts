import type { z } from 'zod';
import { ValidationError, ORPCError } from '@orpc/server';

/** What a plain route was sent, checked and refused as a procedure of the contract would. */
export function checkedInput<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const message = 'Input validation failed';
  const cause = new ValidationError({ message, issues: result.error.issues, data: value });
  throw new ORPCError('BAD_REQUEST', { message, cause });
}
