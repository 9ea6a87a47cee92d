import { oc } from '@orpc/contract';
import { z } from 'zod';
import { catalogName } from '../domain/catalog.ts';
import { reEmbeddingContract } from './re-embedding.ts';
import { catalogRef, confirmedBoth, count, filterTexts, time, wholeNumber } from './values.ts';

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

const facet = z.object({
  value: z.union([z.string(), z.number(), z.boolean()]),
  count,
  /** Conditions that choose it, for `filter`; null where none can be written, as the field's name has a sign of them. */
  filter: z.array(z.string()).nullable(),
});

const one = { catalog: catalogRef };

export const catalogsContract = {
  ...reEmbeddingContract,
  list: oc
    .route({ method: 'GET', path: '/catalogs', summary: 'All catalogs, with what they hold' })
    .output(z.object({ catalogs: z.array(catalogDocument) })),
  create: oc
    .route({
      method: 'POST',
      path: '/catalogs',
      successStatus: 201,
      summary: 'A new catalog, with the model of the settings',
    })
    .input(z.strictObject({ name: catalogName }))
    .output(catalogDocument),
  get: oc
    .route({ method: 'GET', path: '/catalogs/{catalog}', summary: 'One catalog' })
    .input(z.strictObject(one))
    .output(catalogDocument),
  rename: oc
    .route({ method: 'PATCH', path: '/catalogs/{catalog}', summary: 'Another name; id and pictures stay' })
    .input(z.strictObject({ ...one, name: catalogName }))
    .output(catalogDocument),
  delete: oc
    .route({
      method: 'DELETE',
      path: '/catalogs/{catalog}',
      summary: 'Forget a catalog with every record and vector, and cancel its tasks; the picture files are left alone',
    })
    .input(z.strictObject({ ...one, confirm: confirmedBoth.optional() }))
    .output(z.object({ deleted: z.string(), images: count, cancelled_tasks: count })),
  facets: oc
    .route({ method: 'GET', path: '/catalogs/{catalog}/facets', summary: 'Values of a field, the most frequent first' })
    .input(
      z.strictObject({
        ...one,
        field: z.string().min(1).max(210).describe('Of records; or year, size (by width), file_size or folder'),
        limit: wholeNumber(1, 1_000).default(20),
        filter: filterTexts.optional(),
      }),
    )
    .output(z.object({ facets: z.array(facet) })),
};
