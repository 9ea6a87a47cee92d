import { z } from 'zod';
import type { ErrorCode } from './app-error.ts';
import type { ImageRecord } from './image-record.ts';

/** A catalog's vectors are made anew with another model, beside those that there are; it is searched by the old ones meanwhile. */
export interface Succession {
  /** The model that it goes over to. */
  model: string;
  dimension: number;
  startedAt: number;
  /** Pictures of the catalog. */
  total: number;
  /** Of them, those that have a new vector. */
  done: number;
  /** Those that could not be embedded, and are not tried again by themselves. */
  failed: number;
  /** Whether all others have theirs, as of now. */
  complete: boolean;
}

/** A picture that needs a new vector. `mark` changes whenever the picture does. */
export interface DuePicture {
  record: ImageRecord;
  mark: string;
}

/** What became of it. */
export type Embedded = { imageId: string; mark: string } & (
  { vector: Float32Array } | { code: ErrorCode; message: string }
);

export const reEmbedRequest = z.object({
  catalogId: z.uuid(),
  /** Pictures at most; one inference. */
  limit: z.number().int().min(1).max(256),
});

/** `due`: some may still be due. */
export const reEmbedAnswer = z.object({ embedded: z.number().int(), failed: z.number().int(), due: z.boolean() });
export type ReEmbedAnswer = z.infer<typeof reEmbedAnswer>;
