import { z } from 'zod';
import type { ImageRecord } from './image-record.ts';

/** Fields that a filter may name; `metadata.<key>` reaches into the producer's own fields. */
export const FILTER_FIELDS = {
  imageId: 'text',
  productId: 'text',
  name: 'text',
  fileName: 'text',
  sourceId: 'text',
  importId: 'text',
  format: 'text',
  model: 'text',
  contentHash: 'text',
  /** Part of the tree: `prefix` takes a canonical folder name. */
  canonicalName: 'text',
  keywords: 'list',
  width: 'number',
  height: 'number',
  bytes: 'number',
  mtimeMs: 'number',
  capturedAt: 'number',
  indexedAt: 'number',
  missingSince: 'number',
} as const satisfies Partial<Record<keyof ImageRecord, 'text' | 'number' | 'list'>>;
export type FilterField = keyof typeof FILTER_FIELDS;

export const filterField = z.union([
  z.enum(Object.keys(FILTER_FIELDS) as [FilterField, ...FilterField[]]),
  z.templateLiteral([z.literal('metadata.'), z.string().min(1).max(200)]),
]);

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One condition; exactly one of the tests. `anyOf` is equality with one of the values (for a list: contains one). */
export const condition = z.union(
  [
    z.strictObject({ field: filterField, anyOf: z.array(scalar).min(1).max(1_000), not: z.boolean().optional() }),
    z.strictObject({
      field: filterField,
      range: z
        .strictObject({ gte: z.number(), gt: z.number(), lte: z.number(), lt: z.number() })
        .partial()
        .refine((range) => Object.keys(range).length > 0, 'needs gte, gt, lte or lt'),
      not: z.boolean().optional(),
    }),
    z.strictObject({ field: filterField, prefix: z.string().min(1), not: z.boolean().optional() }),
    z.strictObject({ field: filterField, exists: z.boolean() }),
  ],
  'needs a field that exists, and exactly one of anyOf, range, prefix and exists',
);
export type Condition = z.infer<typeof condition>;

/** All conditions must hold. An empty list is no restriction. */
export const filter = z.array(condition).max(100);
export type Filter = z.infer<typeof filter>;

const share = z.number().min(0).max(1);

/** A part of a picture as it is displayed, in shares of its width and height. */
export const region = z
  .strictObject({ x: share, y: share, width: share.positive(), height: share.positive() })
  // Shares that were divided by a width may add up to a hair more.
  .refine(({ x, y, width, height }) => Math.max(x + width, y + height) <= 1 + 1e-6, 'reaches beyond the picture');
export type Region = z.infer<typeof region>;

/** A liked or disliked picture: one that is stored, or a vector made from a file. */
export type Example = { imageId: string } | { vector: Float32Array };

export interface SearchQuery {
  catalogId: string;
  /** At least one. */
  like: readonly Example[];
  unlike?: readonly Example[];
  filter?: Filter;
  /** 1–1000. */
  limit: number;
  /** Cosine in [-1, 1]; inclusive. */
  minScore?: number;
}

export interface WordsQuery {
  catalogId: string;
  /** At least one word; see domain/words.ts. */
  text: string;
  filter?: Filter;
  /** 1–1000. */
  limit: number;
}

export interface SearchHit {
  record: ImageRecord;
  /** By a picture: the cosine similarity, in [-1, 1]. By words: above 0, only to be compared within one answer. */
  score: number;
}

/** `content`: what the picture shows is near to what the text says, by the model's text side. */
export const FOUND_BY = ['picture', 'words', 'content'] as const;
export type FoundBy = (typeof FOUND_BY)[number];

/** A hit of a search by a picture, by a text or by both. */
export interface FoundHit extends SearchHit {
  /** Never empty. When several were asked, `score` is that of the joined ranking: only to be compared within one answer. */
  foundBy: FoundBy[];
  /** Its place in the ranking of each that found it; the best has 1. */
  ranks: Partial<Record<FoundBy, number>>;
}

/**
 * The query vector of several likes and dislikes: mean(likes) + (mean(likes) − mean(dislikes)), normalised; Qdrant's
 * "average_vector" strategy, so that both stores answer alike. All vectors are unit length and of one dimension.
 */
export function combineExamples(likes: readonly Float32Array[], dislikes: readonly Float32Array[]): Float32Array {
  const first = likes[0];
  if (!first) throw new RangeError('needs at least one like');
  const query = new Float32Array(first.length);
  const likeWeight = (dislikes.length ? 2 : 1) / likes.length;
  for (const vector of likes) for (let i = 0; i < query.length; i++) query[i]! += likeWeight * vector[i]!;
  for (const vector of dislikes) for (let i = 0; i < query.length; i++) query[i]! -= vector[i]! / dislikes.length;
  return normalise(query);
}

/** Scales to unit length in place; a zero vector stays zero. */
export function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}
