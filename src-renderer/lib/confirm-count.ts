import { ORPCError } from '@orpc/client';

/** How many pictures would leave the catalog, where the server refuses to do it without that number; else null. */
export function countToConfirm(error: unknown): number | null {
  if (!(error instanceof ORPCError)) return null;
  const issues = (error.data as { errors?: { field: string; problem: string }[] } | null)?.errors ?? [];
  const issue = issues.find(({ field }) => field === 'confirm');
  const count = /\d+/.exec(issue?.problem ?? '')?.[0];
  return count === undefined ? null : Number(count);
}
