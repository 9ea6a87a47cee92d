import { oc } from '@orpc/contract';
import { z } from 'zod';
import { importDocument, startImport } from './imports.ts';
import { count, time, type CallMeta } from './values.ts';

/** A set of files that came from another machine. */
export const uploadDocument = z.object({
  upload_id: z.uuid(),
  name: z.string().nullable(),
  created_at: time,
  /** When something of it came last. */
  used_at: time,
  /** Whole files. */
  files: count,
  /** Files that are not whole yet. */
  open: count,
  bytes: count,
  /** On the server's machine: where its pictures will be known from. */
  folder: z.string(),
  /** It stays for as long as it is a source. */
  imported: z.boolean(),
});

/** How far a file is. */
export const uploadedFile = z.object({
  /** As it is kept: what no file system would take in a name is `_`. */
  path: z.string(),
  /** Bytes that are there: where the next piece begins. */
  received: count,
  total: count.nullable(),
  complete: z.boolean(),
});
export type UploadedFileDocument = z.input<typeof uploadedFile>;

export const whichUpload = z.strictObject({ upload_id: z.uuid().toLowerCase() });

/** A plain route takes the files themselves. */
export const uploadsContract = {
  create: oc
    .route({
      method: 'POST',
      path: '/uploads',
      successStatus: 201,
      summary: 'Begin a set of files that are sent one by one, and then imported',
    })
    .input(z.strictObject({ name: z.string().min(1).max(200).optional() }).default({}))
    .output(uploadDocument),
  list: oc
    .route({ method: 'GET', path: '/uploads', summary: 'Sets of uploaded files, the newest first' })
    .output(z.object({ uploads: z.array(uploadDocument), bytes: count, max_bytes: count })),
  get: oc
    .route({ method: 'GET', path: '/uploads/{upload_id}', summary: 'One set of uploaded files' })
    .input(whichUpload)
    .output(uploadDocument),
  import: oc
    .route({
      method: 'POST',
      path: '/uploads/{upload_id}/import',
      successStatus: 201,
      summary: 'Import the whole files of a set, as any folder',
    })
    .input(
      startImport.omit({ path: true, manifest: true }).extend({
        ...whichUpload.shape,
        manifest: z.string().min(1).max(4_000).describe('A file of the set, with facts for the others').optional(),
      }),
    )
    .output(importDocument),
  delete: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'DELETE',
      path: '/uploads/{upload_id}',
      summary: 'Delete a set with its files; not while it is a source of pictures',
    })
    .input(whichUpload)
    .output(z.object({ deleted: z.uuid() })),
};
