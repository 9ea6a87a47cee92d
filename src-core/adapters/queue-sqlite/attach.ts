import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import type { Fingerprint } from '../../ports/task-queue.ts';
import { queueRow, type QueueContext } from './context.ts';

const fingerprintSchema = z.object({ protocol: z.number().int(), store: z.string().min(1), model: z.string().min(1) });

/** The first caller decides what the queue feeds; everyone else must feed the same, or come when nobody else is there. */
export async function attach(context: QueueContext, fingerprint: Fingerprint): Promise<void> {
  const mine = parseOrThrow(fingerprintSchema, fingerprint, 'fingerprint');
  await context.write((now) => {
    const { fingerprint: known } = queueRow(context);
    if (known === null || isIdle(context, now))
      context.sql('UPDATE queue SET fingerprint = ?').run(JSON.stringify(mine));
    else refuseMismatch(mine, JSON.parse(known) as Fingerprint);
  });
}

/** No task is open and no worker alive: nothing that was begun could end up in the wrong store. */
function isIdle(context: QueueContext, now: number): boolean {
  const { waiting, active, delayed } = queueRow(context);
  if (waiting + active + delayed > 0) return false;
  const alive = `SELECT 1 FROM workers WHERE state <> 'stopped' AND seen_at > ? LIMIT 1`;
  return context.sql(alive).get(now - context.settings.lostAfterMs) === undefined;
}

function refuseMismatch(mine: Fingerprint, theirs: Fingerprint): void {
  if (mine.protocol !== theirs.protocol) {
    throw new AppError(
      'PROTOCOL_MISMATCH',
      `this process speaks protocol ${mine.protocol}, the queue's others speak ${theirs.protocol}`,
      { details: { mine: mine.protocol, theirs: theirs.protocol } },
    );
  }
  for (const part of ['store', 'model'] as const) {
    if (mine[part] === theirs[part]) continue;
    throw new AppError(
      'FINGERPRINT_MISMATCH',
      `this process feeds the ${part} ${mine[part]}, the queue's others feed ${theirs[part]}`,
      { details: { part, mine: mine[part], theirs: theirs[part] } },
    );
  }
}
