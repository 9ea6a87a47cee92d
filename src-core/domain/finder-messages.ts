import { z } from 'zod';
import { wireError } from './app-error.ts';
import { catalog } from './catalog.ts';
import { leastScore } from './duplicates.ts';
import { fromWorker, toWorker } from './fleet-messages.ts';
import { reEmbedRequest } from './re-embedding.ts';
import { imageRecord } from './image-record.ts';
import { filter, FOUND_BY, region } from './search.ts';

const queryPicture = z.union([
  z.strictObject({ path: z.string().min(1), region: region.exactOptional() }),
  z.strictObject({ imageId: z.uuid() }),
]);

/** Same shape as the port's FindRequest (ports/finder.ts). */
export const findRequest = z
  .object({
    catalog: z.string().min(1),
    like: z.array(queryPicture).max(100),
    unlike: z.array(queryPicture).max(100).exactOptional(),
    text: z.string().max(100_000).exactOptional(),
    filter: filter.exactOptional(),
    limit: z.number().int().min(1).max(1_000),
    minScore: z.number().min(-1).max(1).exactOptional(),
  })
  .refine(({ like, text }) => like.length > 0 || text !== undefined, {
    path: ['like'],
    error: 'needs a picture to be like, or a text',
  })
  .refine(({ like, unlike, minScore }) => like.length > 0 || (!unlike?.length && minScore === undefined), {
    path: ['like'],
    error: 'unlike and minScore need a picture to be like',
  });

/** Same shape as the port's FindAnswer. */
export const findAnswer = z.object({
  catalog,
  model: z.string(),
  tookMs: z.number(),
  hits: z.array(
    z.object({
      record: imageRecord,
      score: z.number(),
      foundBy: z.array(z.enum(FOUND_BY)).min(1),
      ranks: z.partialRecord(z.enum(FOUND_BY), z.number().int().positive()),
    }),
  ),
});

/** Same shape as the port's PairsRequest. */
export const pairsRequest = z.object({
  catalogId: z.string().min(1),
  minScore: leastScore,
  cursor: z.string().max(200).exactOptional(),
});

/** A WebP; the channel clones structured values, so bytes stay bytes. */
export const thumbnailAnswer = z.instanceof(Uint8Array);

export const requestId = z.number().int().nonnegative();

/** Each request gets exactly one answer with its id, in any order. */
export const finderRequest = z.discriminatedUnion('method', [
  z.object({ type: z.literal('request'), id: requestId, method: z.literal('find'), params: findRequest }),
  z.object({
    type: z.literal('request'),
    id: requestId,
    method: z.literal('similarPairs'),
    params: pairsRequest,
  }),
  z.object({
    type: z.literal('request'),
    id: requestId,
    method: z.literal('reEmbed'),
    params: reEmbedRequest,
  }),
  z.object({
    type: z.literal('request'),
    id: requestId,
    method: z.literal('measureProviders'),
    params: z.object({}),
  }),
  z.object({
    type: z.literal('request'),
    id: requestId,
    method: z.literal('thumbnail'),
    params: z.object({ path: z.string().min(1), edge: z.number().int().min(16).max(2_048) }),
  }),
]);
export type FinderRequest = z.infer<typeof finderRequest>;

const finderAnswer = z.discriminatedUnion('ok', [
  z.object({ type: z.literal('answer'), id: requestId, ok: z.literal(true), result: z.unknown() }),
  z.object({ type: z.literal('answer'), id: requestId, ok: z.literal(false), error: wireError }),
]);
export type FinderAnswer = z.infer<typeof finderAnswer>;

/** Host → finder: it is started and drained like a worker, and asked in between. */
export const toFinder = z.union([toWorker, finderRequest]);
export type ToFinder = z.infer<typeof toFinder>;

/** Finder → host. */
export const fromFinder = z.union([fromWorker, finderAnswer]);
export type FromFinder = z.infer<typeof fromFinder>;
