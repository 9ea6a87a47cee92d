import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { catalogRef, count, time, wholeNumber } from './values.ts';

export const reEmbeddingDocument = z.object({
  catalog: z.string(),
  /** The model that it goes over to. */
  model: z.string(),
  state: z
    .enum(['running', 'waiting', 'stopped', 'failed', 'cancelled', 'done'])
    .describe('waiting: imports and tasks of the catalog have to end first; stopped: starting it again goes on'),
  /** Pictures of the catalog. */
  total: count,
  /** Of them, those that have a new vector. */
  done: count,
  /** Those that could not be embedded. */
  failed: count,
  started_at: time,
  problem: z.object({ code: errorCode, message: z.string() }).nullable(),
});

const failure = z.object({ image_id: z.uuid(), path: z.string(), code: z.string(), message: z.string() });

const one = { catalog: catalogRef };
const path = '/catalogs/{catalog}/re-embedding';

/** Part of `catalogs`. */
export const reEmbeddingContract = {
  reEmbed: oc
    .route({
      method: 'POST',
      path,
      successStatus: 202,
      summary: 'Make all vectors anew with another model, beside the old ones, and go over when all are there',
    })
    .input(
      z.strictObject({
        ...one,
        model: z.string().min(1).max(64),
        keep_old: z.boolean().default(true).describe('The old vectors stay as a catalog of their own'),
        leave_out: wholeNumber(0)
          .default(0)
          .describe('How many pictures leave the catalog since they cannot be embedded; the refusal says'),
      }),
    )
    .output(reEmbeddingDocument),
  reEmbedding: oc
    .route({ method: 'GET', path, summary: 'How far a catalog is on its way to another model; null: it is on none' })
    .input(z.strictObject(one))
    .output(reEmbeddingDocument.nullable()),
  reEmbeddingFailures: oc
    .route({ method: 'GET', path: `${path}/failures`, summary: 'Pictures that could not be embedded' })
    .input(z.strictObject({ ...one, limit: wholeNumber(1, 1_000).default(100), after: z.uuid().optional() }))
    .output(z.object({ failures: z.array(failure) })),
  cancelReEmbed: oc
    .route({ method: 'DELETE', path, summary: 'Drop the new vectors; the catalog is as if nothing had begun' })
    .input(z.strictObject(one))
    .output(z.object({ cancelled: z.string() })),
};
