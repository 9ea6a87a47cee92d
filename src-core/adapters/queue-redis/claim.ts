import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { ClaimedTask } from '../../domain/task.ts';
import type { Claim, ClaimRequest } from '../../ports/task-queue.ts';
import { CHUNK, type QueueContext } from './context.ts';
import type { QueueHooks } from './hooks.ts';
import { parseData } from './rows.ts';

/** Repeats of a claim are known for this long, or for ten of its leases when that is longer. */
const REMEMBERED_MS = 600_000;

const leaseMs = z.number().int().min(1);
const claimRequest = z.object({
  workerId: z.string().min(1).max(120),
  claimId: z.string().min(1).max(200),
  max: z.number().int().min(1).max(256),
  leaseMs,
});

/** As claim.lua answers it: after the first three, six values for each task. */
type ClaimAnswer = [emptyHands: number, version: number, at: number, ...tasks: unknown[]];
type Given = [
  id: string,
  data: string,
  importId: string | null,
  attempts: number,
  maxAttempts: number,
  suspect: number | null,
];

export async function claim(context: QueueContext, hooks: QueueHooks, request: ClaimRequest): Promise<Claim> {
  const { workerId, claimId, max, leaseMs: lease } = parseOrThrow(claimRequest, request, 'claim');
  const remembered = Math.max(REMEMBERED_MS, 10 * lease);
  const answer = await context.run<ClaimAnswer>('claim', workerId, claimId, max, lease, remembered);
  const [emptyHands, version, at, ...values] = answer;
  const tasks: ClaimedTask[] = [];
  for (let index = 0; index < values.length; index += 6) {
    tasks.push(toClaimed(values.slice(index, index + 6) as Given, version));
  }
  hooks.tasksChanged(
    tasks.map(({ id, attempt }) => ({ id, state: 'active' as const, attempts: attempt - 1, workerId, at })),
  );
  return { tasks, emptyHands: emptyHands === 1 };
}

function toClaimed([id, data, importId, attempts, maxAttempts, suspect]: Given, version: number): ClaimedTask {
  return { id, ...parseData(data), importId, attempt: attempts + 1, maxAttempts, version, suspect: suspect === 1 };
}

/** Answers the ids whose lease is no longer this worker's. */
export async function extend(
  context: QueueContext,
  workerId: string,
  tasks: readonly { taskId: string; version: number }[],
  lease: number,
): Promise<string[]> {
  const forMs = parseOrThrow(leaseMs, lease, 'leaseMs');
  const lost: string[] = [];
  for (let start = 0; start < Math.max(1, tasks.length); start += CHUNK) {
    const held = tasks.slice(start, start + CHUNK).flatMap(({ taskId, version }) => [taskId, version]);
    lost.push(...(await context.run<string[]>('extend', workerId, forMs, ...held)));
  }
  return lost;
}
