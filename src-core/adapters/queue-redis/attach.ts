import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import type { Fingerprint } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';

const fingerprintSchema = z.object({ protocol: z.number().int(), store: z.string().min(1), model: z.string().min(1) });

/** The first caller decides what the queue feeds; everyone else must feed the same, or come when nobody else is there. */
export async function attach(context: QueueContext, fingerprint: Fingerprint): Promise<void> {
  const mine = parseOrThrow(fingerprintSchema, fingerprint, 'fingerprint');
  const known = await context.run<string>('attach', JSON.stringify(mine), String(context.settings.lostAfterMs));
  refuseMismatch(mine, parseOrThrow(fingerprintSchema, JSON.parse(known), 'the fingerprint in Redis'));
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
