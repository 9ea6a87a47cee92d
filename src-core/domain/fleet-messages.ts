import { z } from 'zod';
import { wireError } from './app-error.ts';
import { workerStatus } from './worker-status.ts';

export const startMessage = z.object({
  type: z.literal('start'),
  protocol: z.number().int(),
  workerId: z.string(),
  /** The resolved settings of the host, validated again by the worker. */
  settings: z.unknown(),
  /** Absolute; where the embedded backends live. */
  dataDir: z.string(),
});

/** Finish what is claimed, release what has not begun, then stop. */
export const drainMessage = z.object({ type: z.literal('drain') });

/** Host → worker, over the process host's channel. */
export const toWorker = z.discriminatedUnion('type', [startMessage, drainMessage]);
export type ToWorker = z.infer<typeof toWorker>;

/** Worker → host. */
export const fromWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), protocol: z.number().int() }),
  z.object({ type: z.literal('heartbeat'), status: workerStatus }),
  /** One pino line, already JSON; the host alone writes logs. */
  z.object({ type: z.literal('log'), line: z.string() }),
  /** The worker asks to be replaced: over its memory limit, or a decoder hangs. It drains and exits by itself. */
  z.object({ type: z.literal('recycle'), reason: z.string() }),
  z.object({ type: z.literal('fatal'), error: wireError }),
]);
export type FromWorker = z.infer<typeof fromWorker>;
