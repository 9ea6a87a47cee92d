import { z } from 'zod';
import { pictureFacts } from './image-record.ts';

/** Payload of a task of kind `index`. */
export const indexPayload = pictureFacts.extend({
  /** As the producer's machine opens it. */
  path: z.string().min(1),
  /** Canonical name in the store, the same on every machine; gives the picture its id. */
  canonicalName: z.string().min(1),
  imageId: z.uuid(),
  sourceId: z.string().nullable(),
  /** Folder that the path, links resolved, must not leave; null for a task without a source. */
  root: z.string().nullable(),
  /** The root's canonical name in the store, by which another machine finds its own way there. */
  rootName: z.string().nullable().default(null),
  /** The file's inode on the producer's machine, by which it is known again after a rename; null: not known. */
  inode: z.number().nullable().default(null),
  /** The machine whose path it is, where the name does not say so; without it any machine may open the path. */
  machine: z.string().optional(),
});
export type IndexPayload = z.infer<typeof indexPayload>;

/** Result of a task of kind `index`. */
export const indexResult = z.object({
  imageId: z.uuid(),
  /**
   * `reused`: the same bytes were known under this model, so nothing was decoded. `unchanged`: this very picture was;
   * `updated`: it was, and other words are said of it now.
   */
  how: z.enum(['embedded', 'reused', 'unchanged', 'updated']),
  contentHash: z.string(),
  /** Size and time of the bytes that were read, so that the next import can skip the file. */
  bytes: z.number().int(),
  mtimeMs: z.number(),
});
export type IndexResult = z.infer<typeof indexResult>;
