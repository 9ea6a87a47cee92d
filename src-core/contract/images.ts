import { oc } from '@orpc/contract';
import { z } from 'zod';
import { imageFormat } from '../domain/image-record.ts';
import { type CallMeta, catalogRef, confirmedCount, count, filterTexts, listOf, time, wholeNumber } from './values.ts';

export const imageId = z.uuid().toLowerCase();

/** Edges of thumbnails, in pixels. Few, so that the cache is shared by all who ask. */
export const THUMBNAIL_EDGES = [64, 128, 256, 512, 1024] as const;

/** What a search answers of a picture. */
export const pictureDocument = z.object({
  image_id: imageId,
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

/** The whole record, without its vector. */
export const imageDocument = pictureDocument.extend({
  catalog: z.string(),
  catalog_id: z.uuid(),
  file_name: z.string(),
  /** What the store calls it; the same on every machine that shares the store. */
  canonical_name: z.string(),
  source_id: z.string().nullable(),
  import_id: z.string().nullable(),
  /** SHA-256 of the file's bytes. */
  content_hash: z.string(),
  perceptual_hash: z.string(),
  /** Base64 of a blurred placeholder. */
  thumbhash: z.string(),
  model: z.string(),
  modified_at: time,
  indexed_at: time,
});
export type ImageDocument = z.input<typeof imageDocument>;

export const whichImage = z.strictObject({
  image_id: imageId,
  /** Without it, all catalogs are asked. */
  catalog: catalogRef.optional(),
});

/** A route of plain HTTP, for its answer is a picture. */
export const whichThumbnail = whichImage.extend({
  edge: wholeNumber(1, 4_096)
    .refine((edge) => THUMBNAIL_EDGES.some((one) => one === edge), `must be one of ${THUMBNAIL_EDGES.join(', ')}`)
    .default(256),
});

const inCatalog = { catalog: catalogRef.default('default') };

/** Some, or everything that matches; never everything by leaving something out. */
const severalImages = z.strictObject({
  ...inCatalog,
  image_ids: listOf(imageId, 10_000).optional(),
  filter: filterTexts.optional().describe('With at least one condition; image_id=* is true of all'),
});
const isOneOfBoth = ({ image_ids, filter = [] }: z.output<typeof severalImages>): boolean =>
  (image_ids === undefined) !== (filter.length === 0);
const NOT_ONE_OF_BOTH = {
  path: ['filter'],
  error: 'needs either image_ids or a filter with at least one condition; image_id=* is true of all',
};

export const imagesContract = {
  list: oc
    .route({ method: 'GET', path: '/images', summary: 'Pictures of a catalog, page by page in the order of their ids' })
    .input(
      z.strictObject({
        ...inCatalog,
        filter: filterTexts.optional(),
        limit: wholeNumber(1, 1_000).default(100),
        after: imageId.optional(),
      }),
    )
    .output(z.object({ images: z.array(imageDocument), next: imageId.nullable() })),
  count: oc
    .route({ method: 'GET', path: '/images/count', summary: 'How many pictures of a catalog match' })
    .input(z.strictObject({ ...inCatalog, filter: filterTexts.optional() }))
    .output(z.object({ total: count })),
  remove: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/images/remove',
      summary: 'Take several pictures, or all that match, out of their catalog; the files are left alone',
    })
    .input(
      severalImages
        .extend({
          confirm: confirmedCount.optional(),
          most: wholeNumber(1)
            .optional()
            .describe('Only so many of them by this call, so that a caller can tell how far it is'),
        })
        .refine(isOneOfBoth, NOT_ONE_OF_BOTH),
    )
    .output(z.object({ removed: count, left: count.describe('Of those that matched'), catalog: z.string() })),
  again: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/images/again',
      summary:
        'Read the files of several pictures, or of all that match, anew, also where size and date are as they were',
    })
    .input(severalImages.refine(isOneOfBoth, NOT_ONE_OF_BOTH))
    .output(
      z.object({
        images: count,
        /** Those of folders and manifests come with an import of each. */
        import_ids: z.array(z.uuid()),
        /** The others wait in the queue by themselves. */
        queued: count,
        /** Left out, for their file is gone. */
        missing: count,
      }),
    ),
  get: oc
    .route({ method: 'GET', path: '/images/{image_id}', summary: 'The record of a picture' })
    .input(whichImage)
    .output(imageDocument),
  delete: oc
    .route({
      method: 'DELETE',
      path: '/images/{image_id}',
      summary:
        'Take a picture out of its catalog; the file is left alone, and another import of its folder takes it in again',
    })
    .input(whichImage)
    .output(z.object({ deleted: imageId, catalog: z.string() })),
};
