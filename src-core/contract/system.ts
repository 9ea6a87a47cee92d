import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { plainTask } from '../domain/plain-task.ts';
import { workerState } from '../domain/worker-status.ts';
import { count, time, wholeNumber } from './values.ts';

const path = plainTask.shape.image_path;

const folderEntry = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'picture', 'manifest']),
  bytes: count.nullable(),
  modified_at: time.nullable(),
});

export const foldersContract = {
  browse: oc
    .route({
      method: 'GET',
      path: '/folders',
      summary: 'What lies in a folder that may be read; without a path, those folders',
    })
    .input(z.strictObject({ path: path.optional() }))
    .output(z.object({ path: z.string().nullable(), entries: z.array(folderEntry), truncated: z.boolean() })),
};

const modelDocument = z.object({
  id: z.string(),
  /** The model of new catalogs. */
  in_use: z.boolean(),
  dimension: count.nullable(),
  input_size: count.nullable(),
  license: z.string().nullable(),
  source: z.string().nullable(),
  /** Came with the program, or was added to this data dir. */
  built_in: z.boolean(),
  problem: z.object({ code: errorCode, message: z.string() }).nullable(),
});

export const modelsContract = {
  list: oc
    .route({ method: 'GET', path: '/models', summary: 'Models that are installed' })
    .output(z.object({ models: z.array(modelDocument) })),
};

const settingDocument = z.object({
  /** As it is in force; a secret is never said. */
  value: z.unknown(),
  default: z.unknown(),
  /** Of a secret: whether there is one. */
  is_set: z.boolean(),
  description: z.string(),
  variable: z.string(),
  /** A change by the API is taken at once, or when the server is started again. */
  takes_effect: z.enum(['at once', 'at the next start']),
});

/** By dotted path: `fleet.workers`. */
export const settingsContract = {
  get: oc
    .route({ method: 'GET', path: '/settings', summary: 'Every setting as it is in force, without secrets' })
    .output(z.object({ settings: z.record(z.string(), settingDocument) })),
  set: oc
    .route({
      method: 'PATCH',
      path: '/settings',
      summary: 'Change settings; flags and environment of the running server go before them',
    })
    .input(
      z.strictObject({
        /** Null takes the default again. */
        changes: z.record(z.string().max(100), z.unknown()),
      }),
    )
    .output(z.object({ changed: z.array(z.string()), restart_needed: z.boolean() })),
};

const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

const logLine = z.object({
  /** Pass the last one as `since` to go on from there. */
  seq: count,
  level: z.number(),
  at: time,
  message: z.string(),
  /** proc, workerId, taskId, error … */
  fields: z.record(z.string(), z.unknown()),
});

export const logsContract = {
  list: oc
    .route({
      method: 'GET',
      path: '/logs',
      summary: 'The newest log lines of the server and its workers, oldest first',
    })
    .input(
      z.strictObject({
        since: wholeNumber(0).default(0),
        limit: wholeNumber(1, 2_000).default(200),
        level: logLevel.default('info'),
        /** Only lines of this process, worker, task or import. */
        of: z.string().min(1).max(200).optional(),
      }),
    )
    .output(z.object({ lines: z.array(logLine) })),
};

const memberDocument = z.object({
  worker_id: z.string(),
  pid: z.number().int().nullable(),
  phase: z.string(),
  state: workerState.nullable(),
});

const fleetDocument = z.object({ workers: z.array(memberDocument) });

export const fleetContract = {
  get: oc.route({ method: 'GET', path: '/fleet', summary: 'Worker processes of this server' }).output(fleetDocument),
  resize: oc
    .route({ method: 'PUT', path: '/fleet', summary: 'How many there should be; what is too many is drained' })
    .input(z.strictObject({ workers: z.number().int().min(0).max(256) }))
    .output(fleetDocument),
  restart: oc
    .route({
      method: 'POST',
      path: '/fleet/workers/{worker_id}/restart',
      summary: 'Replace one; it finishes what it has',
    })
    .input(z.strictObject({ worker_id: z.string().min(1).max(200) }))
    .output(fleetDocument),
};
