import { oc } from '@orpc/contract';
import { z } from 'zod';
import { count, time } from './values.ts';

export const catalogDocument = z.object({
  id: z.uuid(),
  name: z.string(),
  model: z.string(),
  dimension: z.number().int().positive(),
  images: count,
  /** Of them, those whose file is gone. */
  missing: count,
  created_at: time,
});

export const catalogsContract = {
  list: oc.route({ method: 'GET', path: '/catalogs' }).output(z.object({ catalogs: z.array(catalogDocument) })),
};
