import { z } from 'zod';
import { listOf } from '../../../src-core/contract/values.ts';
import { pictureFilter } from '../../lib/picture-filter.ts';
import { regionText } from './region.ts';

const id = z.uuid().toLowerCase();
const ids = listOf(id).optional().catch(undefined);

/** What the address of this page holds: the whole query, except a picture that is only in this browser. */
export const searchSearch = z.object({
  /** Name or id. */
  catalog: z.string().min(1).max(200).optional().catch(undefined),
  /** Words that a hit must have, or what it shows. */
  text: z.string().min(1).max(2_000).optional().catch(undefined),
  /** The stored picture that others are compared with. */
  image: id.optional().catch(undefined),
  /** The part of the picture, of whichever, that is searched for: `x,y,width,height` in shares of 1. */
  region: regionText.optional().catch(undefined),
  like: ids,
  unlike: ids,
  min_score: z.coerce.number().min(-1).max(1).optional().catch(undefined),
  limit: z.coerce.number().int().min(1).max(1_000).optional().catch(undefined),
  ...pictureFilter,
  /** Whose record is open. */
  open: id.optional().catch(undefined),
  /** Those that are shown side by side. */
  compare: ids,
});
export type SearchQuery = z.output<typeof searchSearch>;

export const DEFAULT_LIMIT = 60;
