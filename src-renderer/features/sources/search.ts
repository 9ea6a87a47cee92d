import { z } from 'zod';

/** What the address of this page holds. */
export const sourcesSearch = z.object({
  /** The source in the drawer. */
  source: z.uuid().optional().catch(undefined),
});
