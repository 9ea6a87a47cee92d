import { z } from 'zod';
import { listOf } from '../../../src-core/contract/values.ts';
import { GROUP_KINDS, leastScore } from '../../../src-core/domain/duplicates.ts';

const id = z.uuid().toLowerCase();
const flag = z.stringbool().or(z.boolean()).optional().catch(undefined);

/** What the address of this page holds. */
export const duplicatesSearch = z.object({
  /** Name or id. */
  catalog: z.string().min(1).max(200).optional().catch(undefined),
  min_score: z.coerce.number().pipe(leastScore).optional().catch(undefined),
  kind: z.enum(GROUP_KINDS).optional().catch(undefined),
  hide_same_product: flag,
  across_products: flag,
  /** Rules as `rulesText` writes them. */
  keep: z.string().max(20_000).optional().catch(undefined),
  /** Whose record is open. */
  open: id.optional().catch(undefined),
  compare: listOf(id).optional().catch(undefined),
  /** What is not a duplicate, as a list. */
  not: flag,
});
export type DuplicatesQuery = z.output<typeof duplicatesSearch>;
