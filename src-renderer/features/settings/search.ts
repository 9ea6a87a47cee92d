import { z } from 'zod';

/** What the address of this page holds. */
export const settingsSearch = z.object({
  group: z.string().min(1).max(40).optional().catch(undefined),
  /** In a setting's name or description. */
  text: z.string().min(1).max(200).optional().catch(undefined),
});
