import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import type { Fingerprint } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';
import { toQueueError } from './errors.ts';

const fingerprintSchema = z.object({ protocol: z.number().int(), store: z.string().min(1), model: z.string().min(1) });

/** What the queue feeds, and whether that is what this process feeds. */
export interface Attachment {
  /** The first caller decides what the queue feeds; everyone else must feed the same, or come when nobody else is there. */
  attach(fingerprint: Fingerprint): Promise<void>;
  /**
   * Looks whether the queue still feeds what was attached here: its server may have lost all, or this process have been
   * frozen until it counted as dead, and another store's have come since. Attaches anew where nobody has. Throws as
   * `attach` does.
   */
  check(): Promise<void>;
  /** Throws what the last `check` found. */
  refuseOthers(): void;
}

export function createAttachment(context: QueueContext): Attachment {
  const { client, place } = context.connection;
  let mine: Fingerprint | null = null;
  let refusal: AppError | null = null;

  /** `again`: what another process has decided stays, although nobody may be there. */
  async function bind(fingerprint: Fingerprint, again: boolean): Promise<void> {
    const lostAfterMs = String(context.settings.lostAfterMs);
    const known = await context.run<string>('attach', JSON.stringify(fingerprint), lostAfterMs, again ? '1' : '');
    refuseMismatch(fingerprint, parseOrThrow(fingerprintSchema, JSON.parse(known), 'the fingerprint in Redis'));
    mine = fingerprint;
    refusal = null;
  }

  async function isKnown(fingerprint: Fingerprint): Promise<boolean> {
    try {
      return (await client.get(`${context.prefix}fingerprint`)) === JSON.stringify(fingerprint);
    } catch (error) {
      throw toQueueError(error, place);
    }
  }

  return {
    attach: (fingerprint) => bind(parseOrThrow(fingerprintSchema, fingerprint, 'fingerprint'), false),
    async check() {
      if (mine === null) return;
      if (refusal === null && (await isKnown(mine))) return;
      try {
        await bind(mine, true);
      } catch (error) {
        if (error instanceof AppError && !error.retryable) refusal = error;
        throw error;
      }
    },
    refuseOthers() {
      if (refusal !== null) throw refusal;
    },
  };
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
