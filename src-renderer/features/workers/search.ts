import { z } from 'zod';

export const WORKER_VIEWS = ['online', 'busy', 'lost'] as const;
export type WorkerView = (typeof WORKER_VIEWS)[number];

export const WORKER_COLUMNS = [
  'worker',
  'state',
  'rate',
  'cpu',
  'memory',
  'processed',
  'failed',
  'seen',
  'host',
] as const;
export type SortedColumn = (typeof WORKER_COLUMNS)[number];

/** What the address of this page holds. */
export const workersSearch = z.object({
  view: z.enum(WORKER_VIEWS).optional().catch(undefined),
  /** In its name, host or tags. */
  text: z.string().min(1).max(200).optional().catch(undefined),
  sort: z.enum(WORKER_COLUMNS).optional().catch(undefined),
  order: z.literal('desc').optional().catch(undefined),
  /** The one in the drawer. */
  worker: z.string().min(1).max(200).optional().catch(undefined),
});
export type WorkersSearch = z.output<typeof workersSearch>;
