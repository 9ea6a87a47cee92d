import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { Claim, ClaimRequest } from '../../ports/task-queue.ts';
import { choose, NOTHING } from './choose.ts';
import { nextNumber, type QueueContext } from './context.ts';
import { promoteDue } from './due.ts';
import { CLAIMED_COLUMNS, toClaimedTask, type TaskRow } from './rows.ts';
import { takeBackExpired } from './stalls.ts';

/** Repeats of a claim are known for this long, or for ten of its leases when that is longer. */
const REMEMBERED_MS = 600_000;

const leaseMs = z.number().int().min(1);
const claimRequest = z.object({
  workerId: z.string().min(1).max(120),
  claimId: z.string().min(1).max(200),
  max: z.number().int().min(1).max(256),
  leaseMs,
});

export async function claim(context: QueueContext, request: ClaimRequest): Promise<Claim> {
  const wanted = parseOrThrow(claimRequest, request, 'claim');
  return context.write((now) => {
    takeBackExpired(context, now);
    promoteDue(context, now);
    return repeated(context, wanted, now) ?? fresh(context, wanted, now);
  });
}

/** What this claim id got the first time, less what is no longer its own; its leases start anew. */
function repeated(context: QueueContext, { claimId, workerId, leaseMs }: ClaimRequest, now: number): Claim | null {
  const known = context
    .sql('SELECT worker_id, version, empty_hands FROM claims WHERE claim_id = ?')
    .get<{ worker_id: string; version: number; empty_hands: number }>(claimId);
  if (!known) return null;
  if (known.worker_id !== workerId) return NOTHING;
  const rows = context
    .sql(
      `UPDATE tasks SET lease_until = ? WHERE state = 'active' AND worker_id = ? AND version = ? AND lease_until > ?
       RETURNING ${CLAIMED_COLUMNS}`,
    )
    .all<TaskRow>(now + leaseMs, workerId, known.version, now);
  return { tasks: inLine(rows), emptyHands: known.empty_hands === 1 };
}

function fresh(context: QueueContext, { claimId, workerId, max, leaseMs }: ClaimRequest, now: number): Claim {
  const choice = choose(context, workerId, max, now);
  if (choice.ownsSuspects === true) {
    context.sql('UPDATE queue SET suspects_owner = ?, suspects_until = ?').run(workerId, now + leaseMs);
  } else if (choice.ownsSuspects === false) {
    context.sql('UPDATE queue SET suspects_owner = NULL, suspects_until = NULL').run();
  }
  const version = choice.places.length > 0 ? nextNumber(context) : 0;
  const rows = context
    .sql(
      `UPDATE tasks SET state = 'active', worker_id = ?, version = ?, claimed_at = ?, lease_until = ?, alone = ?
       WHERE n IN (SELECT value FROM json_each(?)) RETURNING ${CLAIMED_COLUMNS}`,
    )
    .all<TaskRow>(workerId, version, now, now + leaseMs, choice.alone ? 1 : 0, JSON.stringify(choice.places));
  context
    .sql('INSERT INTO claims (claim_id, worker_id, version, empty_hands, keep_until) VALUES (?, ?, ?, ?, ?)')
    .run(claimId, workerId, version, choice.emptyHands ? 1 : 0, now + Math.max(REMEMBERED_MS, 10 * leaseMs));
  return { tasks: inLine(rows), emptyHands: choice.emptyHands };
}

/** `UPDATE … RETURNING` keeps no order. */
function inLine(rows: TaskRow[]): Claim['tasks'] {
  return rows.toSorted((a, b) => a.priority - b.priority || a.n - b.n).map(toClaimedTask);
}

/** Answers the ids whose lease is no longer this worker's. */
export async function extend(
  context: QueueContext,
  workerId: string,
  tasks: readonly { taskId: string; version: number }[],
  lease: number,
): Promise<string[]> {
  const forMs = parseOrThrow(leaseMs, lease, 'leaseMs');
  return context.write((now) => {
    takeBackExpired(context, now);
    context.sql('UPDATE queue SET suspects_until = ? WHERE suspects_owner = ?').run(now + forMs, workerId);
    const renew = context.sql(
      `UPDATE tasks SET lease_until = ?
       WHERE id = ? AND state = 'active' AND worker_id = ? AND version = ? AND lease_until > ?`,
    );
    return tasks
      .filter(({ taskId, version }) => renew.run(now + forMs, taskId, workerId, version, now).changes === 0)
      .map(({ taskId }) => taskId);
  });
}
