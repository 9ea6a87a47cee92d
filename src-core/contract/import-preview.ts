import { oc } from '@orpc/contract';
import { z } from 'zod';
import { MANIFEST_FIELDS, manifestColumns } from '../domain/manifest-columns.ts';
import { startImport } from './imports.ts';
import { count, type CallMeta } from './values.ts';

export const previewImport = startImport.omit({ priority: true });
export type PreviewImport = z.output<typeof previewImport>;

const amount = z.object({ files: count, bytes: count });

/** What an import would do, by what lies there now. */
export const previewDocument = z.object({
  /** False: time was over before all was seen, and the numbers are those of what was. */
  complete: z.boolean(),
  found: count,
  new: amount,
  changed: amount,
  skipped: amount,
  /** Unchanged, and no longer missing. */
  back: amount,
  updated: amount,
  moved: amount,
  excluded: z.object({ files: count, rules: z.record(z.string(), count) }),
  failed: z.object({ files: count, errors: z.record(z.string(), count) }),
  missing: count,
  /** Pictures that leave the catalog by new rules. */
  leaving: count,
  sidecars: count,
  /** By file extension, the most frequent first. */
  formats: z.array(amount.extend({ format: z.string(), to_index: amount })),
  folders_left_out: z.object({ folders: count, rules: z.record(z.string(), count) }),
  /** Tasks of others that come before. */
  open_before: count,
  /** An estimate: by the rate of a fleet that is at work, or by pictures that were indexed for trial. */
  time: z
    .object({
      by: z.enum(['rate', 'sample']),
      seconds: z.number(),
      low_seconds: z.number().nullable(),
      high_seconds: z.number().nullable(),
      images_per_second: z.number().nullable(),
    })
    .nullable(),
  time_unknown: z.enum(['no workers', 'no result', 'stopped']).nullable(),
});
export type PreviewDocument = z.input<typeof previewDocument>;

/** How many lines of a manifest are shown. */
export const MANIFEST_ROWS = 5;

export const manifestDocument = z.object({
  /** Of a CSV its header; of JSON lines the fields of the first hundred. */
  columns: z.array(z.string()),
  /** Which column holds what: as it was said, and by the names of the others. Null: none does. */
  fields: z.record(z.enum(MANIFEST_FIELDS), z.string().nullable()),
  /** The first lines as they would be taken; none while no column holds the path. */
  rows: z.array(
    z.object({
      line: count,
      path: z.string().nullable(),
      product_id: z.string().nullable(),
      name: z.string().nullable(),
      description: z.string().nullable(),
      metadata: z.record(z.string(), z.unknown()),
      /** Why the line cannot be used. */
      problem: z.string().nullable(),
    }),
  ),
});

export type ManifestDocument = z.input<typeof manifestDocument>;

export const previewContract = {
  manifest: oc
    .route({
      method: 'POST',
      path: '/imports/manifest',
      summary: 'The columns of a manifest, which of them hold what, and its first lines as they would be taken',
    })
    .input(z.strictObject({ path: startImport.shape.path, columns: manifestColumns.default({}) }))
    .output(manifestDocument),
  preview: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/imports/preview',
      summary: 'What an import would do, and about how long it would take; nothing is written',
    })
    .input(previewImport)
    .output(previewDocument),
};
