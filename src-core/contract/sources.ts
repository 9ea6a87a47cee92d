import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { manifestColumns } from '../domain/manifest-columns.ts';
import { plainTask } from '../domain/plain-task.ts';
import { rulesInput } from './imports.ts';
import { type CallMeta, catalogRef, confirmedBoth, confirmedCount, count, time } from './values.ts';

const path = plainTask.shape.image_path;

export const sourceDocument = z.object({
  id: z.uuid(),
  catalog: z.string(),
  kind: z.enum(['folder', 'manifest']),
  path: z.string(),
  /** Known of it, the missing ones included. */
  pictures: count,
  missing: count,
  /** That wait or run though its imports are finished: whoever removes it cancels them. */
  open_tasks: count,
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  /** How a manifest of it is read; what is not said is known by its name. */
  columns: manifestColumns,
  /** The server takes its changes in as they happen. */
  watch: z.boolean(),
  created_at: time,
  /** When the newest import that saw all of it began. */
  scanned_at: time.nullable(),
});

const one = { source_id: z.uuid().toLowerCase() };
const confirm = confirmedCount.optional();
const both = confirmedBoth.optional();

/** One way in which folder, known files, ledgers and store disagree: docs/command-line.md, `verify`. */
const differenceDocument = z.object({
  kind: z.string(),
  path: z.string(),
  image_id: z.string().nullable(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  /** What a person can do; null for what `fix` repairs. */
  todo: z.string().nullable(),
});

export const MOST_DIFFERENCES = 1_000;

const verifyReport = z.object({
  catalog: z.string(),
  checked: z.object({ files: count, known: count, records: count }),
  /** How many of each kind. */
  differences: z.record(z.string(), count),
  /** The first of them, at most 1,000. */
  found: z.array(differenceDocument),
  beyond_repair: count,
  failed: z.partialRecord(errorCode, count),
  underway: count,
  notes: z.array(z.string()),
  /** What has to be imported for the repair. */
  imports: z.array(z.object({ path: z.string(), manifest: z.string().nullable(), unfinished: z.boolean() })),
});

export const sourcesContract = {
  list: oc
    .route({ method: 'GET', path: '/sources', summary: 'Where catalogs come from' })
    .input(z.strictObject({ catalog: catalogRef.optional() }))
    .output(z.object({ sources: z.array(sourceDocument) })),
  setRules: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'PUT',
      path: '/sources/{source_id}/rules',
      summary: 'Which files are wanted; pictures that are wanted no more leave the catalog',
    })
    .input(z.strictObject({ ...one, ...rulesInput, confirm: both }))
    .output(sourceDocument.extend({ removed: count, cancelled_tasks: count })),
  watch: oc
    .route({
      method: 'PUT',
      path: '/sources/{source_id}/watch',
      summary: 'Take its changes in as they happen, or no more; the server goes on with it when it is started again',
    })
    .input(z.strictObject({ ...one, watch: z.boolean() }))
    .output(sourceDocument),
  move: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/sources/{source_id}/move',
      summary: 'Say that it lies elsewhere now; records go over, and no picture is read',
    })
    .input(z.strictObject({ ...one, path }))
    .output(sourceDocument.extend({ moved: count })),
  remove: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'DELETE',
      path: '/sources/{source_id}',
      summary: 'Take a source and its pictures out of the catalog; the files are left alone',
    })
    .input(z.strictObject({ ...one, confirm: both }))
    .output(z.object({ removed: count, cancelled_tasks: count, path: z.string() })),
  prune: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/catalogs/{catalog}/prune',
      summary: 'Take out the pictures whose file is missing still',
    })
    .input(z.strictObject({ catalog: catalogRef, folder: path.optional(), confirm }))
    .output(z.object({ pruned: count, came_back: count })),
  verify: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/catalogs/{catalog}/verify',
      summary: 'Compare folders, known files, ledgers and store; with fix, repair what needs no deletion',
    })
    .input(
      z.strictObject({
        catalog: catalogRef,
        folder: path.optional(),
        deep: z.boolean().default(false),
        fix: z.boolean().default(false),
      }),
    )
    .output(verifyReport),
};
