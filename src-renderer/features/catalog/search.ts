import { z } from 'zod';
import { listOf } from '../../../src-core/contract/values.ts';
import { pictureFilter } from '../../lib/picture-filter.ts';

const id = z.uuid().toLowerCase();

/** What the address of this page holds. */
export const catalogSearch = z.object({
  /** Name or id. */
  catalog: z.string().min(1).max(200).optional().catch(undefined),
  view: z.enum(['grid', 'list']).optional().catch(undefined),
  ...pictureFilter,
  /** Whose record is open. */
  open: id.optional().catch(undefined),
  /** Those that are shown side by side. */
  compare: listOf(id).optional().catch(undefined),
});
export type CatalogQuery = z.output<typeof catalogSearch>;
