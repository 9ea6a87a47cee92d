import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { ClaimedTask } from '../../domain/task.ts';
import type { Claim, ClaimRequest } from '../../ports/task-queue.ts';
import { CHUNK, type QueueContext } from './context.ts';
import type { QueueHooks, TaskChange } from './hooks.ts';
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

/**
 * As claim.lua answers it: after the first four, three values for each task; or one alone when nothing is there, in how
 * many ms that changes by itself (-1: it will not).
 */
type ClaimAnswer = [emptyHands: number, version: number, at: number, suspect: number, ...tasks: (string | number)[]];

/** `foundNothing` is told what a look would answer, where the claim knows it. */
export async function claim(
  context: QueueContext,
  hooks: QueueHooks,
  request: ClaimRequest,
  foundNothing: (changesInMs: number | null) => void,
): Promise<Claim> {
  const { workerId, claimId, max, leaseMs: lease } = parseOrThrow(claimRequest, request, 'claim');
  const remembered = Math.max(REMEMBERED_MS, 10 * lease);
  const answer = await context.run<ClaimAnswer>('claim', workerId, claimId, max, lease, remembered);
  const [emptyHands, version, at, suspect, ...values] = answer;
  if (values.length === 1) {
    const changesInMs = Number(values[0]);
    foundNothing(changesInMs < 0 ? null : changesInMs);
    return { tasks: [], emptyHands: false };
  }
  const tasks: ClaimedTask[] = [];
  const changes: TaskChange[] = [];
  for (let index = 0; index < values.length; index += 3) {
    const [id, data, attempts] = values.slice(index, index + 3) as [string, string, number];
    tasks.push({ id, ...parseData(data), attempt: attempts + 1, version, suspect: suspect === 1 });
    changes.push({ id, state: 'active', attempts, workerId, at });
  }
  hooks.tasksChanged(changes);
  return { tasks, emptyHands: emptyHands === 1 };
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
