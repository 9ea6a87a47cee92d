import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { catalogName, DEFAULT_CATALOG } from '../domain/catalog.ts';
import { importStarter, importState, LEDGER_OUTCOMES, ledgerOutcome, sourceRules } from '../domain/import.ts';
import { manifestColumns } from '../domain/manifest-columns.ts';
import { plainTask } from '../domain/plain-task.ts';
import { taskPriority } from '../domain/task.ts';
import { count, listOf, time, wholeNumber } from './values.ts';

const path = plainTask.shape.image_path;

/** What a caller says of a source: which of its files are wanted. */
export const rulesInput = {
  include: sourceRules.shape.include.default([]),
  exclude: sourceRules.shape.exclude.default([]),
};

export const startImport = z.strictObject({
  /** A folder, a picture, or a CSV or JSON-lines manifest, on the server's machine. */
  path,
  /** Facts for the files of the folder. */
  manifest: path.optional(),
  /** Which column of the manifest holds what; the source keeps it. Left out: as before, or by their names. */
  columns: manifestColumns.optional(),
  catalog: catalogName.default(DEFAULT_CATALOG),
  priority: taskPriority.optional(),
  /** Only of a new source. */
  ...rulesInput,
});
export type StartImport = z.output<typeof startImport>;

/** `open` counts the files whose task is still waiting, delayed or active. */
export const importDocument = z.object({
  import_id: z.uuid(),
  state: importState,
  /** Why it waits or has failed. */
  reason: z.string().nullable(),
  catalog: z.string(),
  root: z.string(),
  priority: taskPriority,
  /** `watch`: a change in its folder. Null: it is not known, of one that an older version began. */
  started_by: importStarter.nullable(),
  created_at: time,
  finished_at: time.nullable(),
  discovered: count,
  open: count,
  completed: count,
  skipped: count,
  updated: count,
  moved: count,
  excluded: count,
  missing: count,
  failed: count,
  cancelled: count,
  /** Failed files by error code. */
  errors: z.partialRecord(errorCode, count),
});

export const ledgerDocument = z.object({
  path: z.string(),
  outcome: ledgerOutcome,
  reason: z.string().nullable(),
  message: z.string().nullable(),
  bytes: count.nullable(),
  task_id: z.string().nullable(),
  at: time,
});

/** Of a ledger's lines; a plain route streams them as CSV. */
export const whichLines = z.strictObject({
  import_id: z.uuid().toLowerCase(),
  outcome: listOf(ledgerOutcome, LEDGER_OUTCOMES.length).optional(),
  code: listOf(errorCode).optional(),
});

const which = z.strictObject({ import_id: whichLines.shape.import_id });

export const importsContract = {
  start: oc
    .route({
      method: 'POST',
      path: '/imports',
      successStatus: 201,
      summary: 'Import a folder, a picture or a manifest; an unfinished import of it goes on',
    })
    .input(startImport)
    .output(importDocument),
  list: oc
    .route({ method: 'GET', path: '/imports', summary: 'Imports, the newest first' })
    .input(z.strictObject({ limit: wholeNumber(1, 10_000).default(100) }))
    .output(z.object({ imports: z.array(importDocument) })),
  get: oc
    .route({ method: 'GET', path: '/imports/{import_id}', summary: 'One import, with its counts' })
    .input(which)
    .output(importDocument),
  ledger: oc
    .route({
      method: 'GET',
      path: '/imports/{import_id}/ledger',
      summary: 'What became of each file, page by page in the order of their names',
    })
    .input(
      whichLines.extend({ limit: wholeNumber(1, 10_000).default(1_000), cursor: z.string().max(10_000).optional() }),
    )
    .output(z.object({ lines: z.array(ledgerDocument), next: z.string().nullable() })),
  pause: oc
    .route({
      method: 'POST',
      path: '/imports/{import_id}/pause',
      summary: 'Let its tasks rest; what is active is finished',
    })
    .input(which)
    .output(importDocument),
  resume: oc
    .route({ method: 'POST', path: '/imports/{import_id}/resume', summary: 'Let a paused import go on' })
    .input(which)
    .output(importDocument),
  cancel: oc
    .route({ method: 'POST', path: '/imports/{import_id}/cancel', summary: 'End it; what is indexed stays' })
    .input(which)
    .output(importDocument.extend({ cancelled_tasks: count })),
};
