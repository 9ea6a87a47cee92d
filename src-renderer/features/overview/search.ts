import { z } from 'zod';
import { RANGES } from './ranges.ts';

/** What the address of this page holds. */
export const overviewSearch = z.object({ range: z.enum(RANGES).optional().catch(undefined) });
