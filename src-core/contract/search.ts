import { oc } from '@orpc/contract';
import { z } from 'zod';
import { DEFAULT_CATALOG } from '../domain/catalog.ts';
import { imageFormat } from '../domain/image-record.ts';
import { plainTask } from '../domain/plain-task.ts';
import { FOUND_BY } from '../domain/search.ts';
import { count, time } from './values.ts';

const { image_path: imagePath } = plainTask.shape;

/** One more liked or disliked picture: one of the two. */
const example = z
  .strictObject({ image_path: imagePath, image_id: z.uuid().toLowerCase() })
  .partial()
  .refine((fields) => Object.keys(fields).length === 1, 'needs either image_path or image_id');

/** What every way of searching has in common. */
const options = {
  /** Words that a hit must have. */
  text: z.string().max(100_000).optional(),
  /** As on the command line: `format=png`, `width>=1000`, `folder=/photos/2024`, `metadata.colour=red`. All must hold. */
  filter: z.array(z.string().max(10_000)).max(100).optional(),
  limit: z.number().int().min(1).max(1_000).default(10),
  /** Cosine, inclusive. */
  min_score: z.number().min(-1).max(1).optional(),
  /** Name or id. */
  catalog: z.string().min(1).max(200).default(DEFAULT_CATALOG),
};

export const searchRequest = z
  .strictObject({
    image_path: imagePath.optional(),
    image_id: z.uuid().toLowerCase().optional(),
    like: z.array(example).max(100).default([]),
    unlike: z.array(example).max(100).default([]),
    ...options,
  })
  .refine(
    ({ image_path, image_id, like, text }) => [image_path, image_id, text, ...like].some((any) => any !== undefined),
    {
      path: ['image_path'],
      error: 'needs image_path, image_id, like or text',
    },
  );
export type SearchRequest = z.output<typeof searchRequest>;

/** The fields beside the picture of an upload. They come as text. */
export const uploadFields = z.strictObject({
  ...options,
  limit: z.coerce.number().pipe(options.limit.unwrap()).default(10),
  min_score: z.coerce.number().pipe(options.min_score.unwrap()).optional(),
});

export const hitDocument = z.object({
  image_id: z.uuid().toLowerCase(),
  score: z.number(),
  found_by: z.array(z.enum(FOUND_BY)),
  /** Its place in the ranking of each that found it. */
  ranks: z.partialRecord(z.enum(FOUND_BY), count),
  path: z.string(),
  product_id: z.string().nullable(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  title: z.string().nullable(),
  caption: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  keywords: z.array(z.string()),
  width: count,
  height: count,
  format: imageFormat,
  bytes: count,
  captured_at: time.nullable(),
  /** Since when its file is gone. */
  missing_since: time.nullable(),
});

export const searchAnswer = z.object({
  took_ms: z.number(),
  model: z.string(),
  catalog: z.string(),
  results: z.array(hitDocument),
});
export type SearchAnswer = z.input<typeof searchAnswer>;

export const searchContract = {
  find: oc.route({ method: 'POST', path: '/search' }).input(searchRequest).output(searchAnswer),
};
