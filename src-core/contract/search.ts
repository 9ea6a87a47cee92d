import { oc } from '@orpc/contract';
import { z } from 'zod';
import { DEFAULT_CATALOG } from '../domain/catalog.ts';
import { plainTask } from '../domain/plain-task.ts';
import { FOUND_BY, region } from '../domain/search.ts';
import { imageId, pictureDocument } from './images.ts';
import { catalogRef, count, filterTexts } from './values.ts';

const { image_path: imagePath } = plainTask.shape;

/** One more liked or disliked picture: one of the two. */
const example = z
  .strictObject({ image_path: imagePath, image_id: imageId })
  .partial()
  .refine((fields) => Object.keys(fields).length === 1, 'needs either image_path or image_id');

/** What every way of searching has in common. */
const options = {
  /** Words that a hit must have. */
  text: z.string().max(100_000).optional(),
  filter: filterTexts.optional(),
  limit: z.number().int().min(1).max(1_000).default(10),
  /** Cosine, inclusive. */
  min_score: z.number().min(-1).max(1).optional(),
  catalog: catalogRef.default(DEFAULT_CATALOG),
};

export const searchRequest = z
  .strictObject({
    image_path: imagePath.optional(),
    image_id: imageId.optional(),
    /** Fetched by the server, where `http.fetchUrls` allows it. */
    image_url: z.string().min(1).max(2_000).optional(),
    like: z.array(example).max(100).default([]),
    unlike: z.array(example).max(100).default([]),
    /** Of `image_path`, `image_id` or `image_url`: what is cut out of the picture and searched for. */
    region: region.optional(),
    ...options,
  })
  .refine(
    ({ region: part, image_path, image_id, image_url }) =>
      part === undefined || [image_path, image_id, image_url].filter((any) => any !== undefined).length === 1,
    { path: ['region'], error: 'needs one of image_path, image_id and image_url, to be cut out of it' },
  )
  .refine(
    ({ image_path, image_id, image_url, like, text }) =>
      [image_path, image_id, image_url, text, ...like].some((any) => any !== undefined),
    {
      path: ['image_path'],
      error: 'needs image_path, image_id, image_url, like or text',
    },
  );
export type SearchRequest = z.output<typeof searchRequest>;

/** As `x,y,width,height`. */
const regionText = z
  .string()
  .max(200)
  .transform((text) => {
    const [x, y, width, height, ...more] = text.split(',').map(Number);
    return more.length > 0 ? null : { x, y, width, height };
  })
  .pipe(region);

/** The fields beside the picture of an upload. They come as text. */
export const uploadFields = z.strictObject({
  ...options,
  /** Ids of stored pictures, beside the one that is uploaded. */
  like: z.array(imageId).max(100).default([]),
  unlike: z.array(imageId).max(100).default([]),
  limit: z.coerce.number().pipe(options.limit.unwrap()).default(10),
  min_score: z.coerce.number().pipe(options.min_score.unwrap()).optional(),
  region: regionText.optional(),
});

export const hitDocument = pictureDocument.extend({
  /** Base64 of a blurred placeholder. */
  thumbhash: z.string(),
  score: z.number(),
  found_by: z.array(z.enum(FOUND_BY)),
  /** Its place in the ranking of each that found it. */
  ranks: z.partialRecord(z.enum(FOUND_BY), count),
});

export const searchAnswer = z.object({
  took_ms: z.number(),
  model: z.string(),
  catalog: z.string(),
  results: z.array(hitDocument),
});
export type SearchAnswer = z.input<typeof searchAnswer>;

export const searchContract = {
  find: oc
    .route({ method: 'POST', path: '/search', summary: 'Pictures that are like others, or that have words' })
    .input(searchRequest)
    .output(searchAnswer),
};
