import { z } from 'zod';

/** What a scan needs to know of a picture, so that groups can be made without its record. */
export const pairPicture = z.object({
  imageId: z.uuid(),
  contentHash: z.string(),
  productId: z.string().nullable(),
});
export type PairPicture = z.infer<typeof pairPicture>;

/** Two pictures that are alike, by their places in a list of pictures. `score` is the cosine of their vectors. */
export const similarPair = z.object({
  a: z.number().int().nonnegative(),
  b: z.number().int().nonnegative(),
  score: z.number().min(-1).max(1),
});
export type SimilarPair = z.infer<typeof similarPair>;

/** One step of the comparison of all pictures of a catalog with each other. */
export const pairsPage = z.object({
  pictures: z.array(pairPicture),
  /** Indexes into `pictures`. A pair may come twice, in either order, and not only in one step. */
  pairs: z.array(similarPair),
  /** Pictures that have been compared with all others so far, and how many there are. */
  compared: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  /** Of the whole work, from 0 to 1: late pictures may have fewer left to be compared with. */
  share: z.number().min(0).max(1),
  /** Where the next step begins; null: that was all. */
  next: z.string().nullable(),
});
export type PairsPage = z.infer<typeof pairsPage>;

/**
 * Of a picture that is like more, so many are kept at most, the best. Else ten thousand equal pictures were fifty million
 * pairs. A group in which all are alike stays whole: each of its pictures but the last keeps one that comes after it.
 */
export const MOST_ALIKE = 32;

export const DEFAULT_LEAST_SCORE = 0.9;
export const DEFAULT_GROUP_SCORE = 0.95;

/** A scan that finds half of all pairs of a catalog says nothing and fills a disk. */
export const leastScore = z.number().min(0.5).max(1);

export const SCAN_STATES = ['running', 'completed', 'cancelled', 'failed'] as const;
export type ScanState = (typeof SCAN_STATES)[number];

/** One comparison of a catalog with itself. Times in ms since the epoch. */
export interface DuplicateScan {
  id: string;
  catalogId: string;
  state: ScanState;
  /** No pair below this was kept. */
  leastScore: number;
  compared: number;
  total: number;
  share: number;
  pairs: number;
  /** Why it has failed. */
  error: { code: string; message: string } | null;
  createdAt: number;
  finishedAt: number | null;
}

/** Pictures of which somebody said that no two of them are duplicates; with `oneId`, only that this one is none of the others. */
export interface NotDuplicates {
  id: string;
  catalogId: string;
  imageIds: string[];
  oneId: string | null;
  createdAt: number;
}

/** What somebody chose for a picture, whatever the rules say. */
export const HAND_CHOICES = ['keep', 'mark'] as const;
export type HandChoice = (typeof HAND_CHOICES)[number];

/** `exact`: all have the same bytes. */
export const GROUP_KINDS = ['exact', 'near'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];
