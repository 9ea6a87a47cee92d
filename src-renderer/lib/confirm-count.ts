import { ORPCError } from '@orpc/client';

/** What would leave the catalog and be cancelled, where the server refuses to do it without the number of both; else null. */
export function countToConfirm(error: unknown): { pictures: number; tasks: number } | null {
  if (!(error instanceof ORPCError)) return null;
  const issues = (error.data as { errors?: { field: string; problem: string }[] } | null)?.errors ?? [];
  const issue = issues.find(({ field }) => field === 'confirm');
  const [both, pictures = both, tasks = '0'] = (issue?.problem ?? '').match(/\d+/g) ?? [];
  return pictures === undefined ? null : { pictures: Number(pictures), tasks: Number(tasks) };
}
