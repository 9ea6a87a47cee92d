import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { plainTask } from '../domain/plain-task.ts';
import { workerState } from '../domain/worker-status.ts';
import { count, time, wholeNumber, type CallMeta } from './values.ts';

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

const settingDocument = z.object({
  /** As it is in force; a secret is never said. */
  value: z.unknown(),
  default: z.unknown(),
  /** Of a secret: whether there is one. */
  is_set: z.boolean(),
  /** What a start now would bring in force; null for a secret. */
  next: z.unknown(),
  /** Whether the settings file says something of it. */
  is_saved: z.boolean(),
  /** A flag or the environment says something else than the settings file and the defaults. */
  is_overridden: z.boolean(),
  /** False: only the settings file, the environment or a flag can change it. */
  may_change: z.boolean(),
  description: z.string(),
  variable: z.string(),
  /** A change by the API is taken at once, or when the server is started again. */
  takes_effect: z.enum(['at once', 'at the next start']),
});

const connectionDocument = z.object({
  ok: z.boolean(),
  /** In their order; one that fails is the last. */
  steps: z.array(
    z.object({
      name: z.enum(['address', 'tls', 'login', 'version', 'safety']),
      state: z.enum(['ok', 'warning', 'failed']),
      message: z.string(),
      todo: z.string().nullable(),
    }),
  ),
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
  test: oc
    .route({
      method: 'POST',
      path: '/settings/test',
      summary: 'Try addresses of servers step by step; nothing is changed',
    })
    .input(
      z
        .strictObject({
          redis_url: z.string().min(1).max(2_000).optional(),
          qdrant_url: z.string().min(1).max(2_000).optional(),
          qdrant_api_key: z.string().max(2_000).optional().describe('The one in force where the address is'),
        })
        .refine(({ redis_url, qdrant_url }) => redis_url !== undefined || qdrant_url !== undefined, {
          path: ['redis_url'],
          error: 'needs redis_url or qdrant_url',
        }),
    )
    .output(z.object({ redis: connectionDocument.nullable(), qdrant: connectionDocument.nullable() })),
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

/** Which lines; what is left out does not restrict. */
const whichLogs = {
  level: logLevel.default('info'),
  proc: z.string().min(1).max(50).describe('A kind of process: serve, worker, finder …').optional(),
  worker_id: z.string().min(1).max(200).optional(),
  task_id: z.string().min(1).max(200).optional(),
  of: z.string().min(1).max(200).describe('Any of these, or an import, a request or a trace').optional(),
};

/** Lines of a live stream: the newest that there are already, then what comes. */
export const followLogs = z.strictObject({
  ...whichLogs,
  tail: wholeNumber(0, 2_000).default(200),
  last_event_id: z.string().max(40).optional(),
});
export type FollowLogs = z.output<typeof followLogs>;

/** `gap`: so many lines came that are not kept any more; null where that cannot be told, since the server has started again. */
const logEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('log'), id: z.string(), data: logLine }),
  z.object({ event: z.literal('gap'), data: z.object({ missed: count.nullable() }) }),
]);
export type LogEvent = z.input<typeof logEvent>;

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
        ...whichLogs,
      }),
    )
    .output(z.object({ lines: z.array(logLine) })),
  events: oc
    .$meta<CallMeta>({ plain: true })
    .route({ method: 'GET', path: '/logs/events', summary: 'Log lines as they come, as server-sent events' })
    .input(followLogs)
    .output(eventIterator(logEvent)),
};

const memberDocument = z.object({
  worker_id: z.string(),
  pid: z.number().int().nullable(),
  phase: z.string(),
  state: workerState.nullable(),
});

/** `wanted`: how many there should be; more are there while some drain, fewer while some start. */
const fleetDocument = z.object({ wanted: count, workers: z.array(memberDocument) });

export const fleetContract = {
  get: oc.route({ method: 'GET', path: '/fleet', summary: 'Worker processes of this server' }).output(fleetDocument),
  resize: oc
    .route({ method: 'PUT', path: '/fleet', summary: 'How many there should be; what is too many is drained' })
    .input(z.strictObject({ workers: z.number().int().min(0).max(256) }))
    .output(fleetDocument),
  drain: oc
    .route({
      method: 'POST',
      path: '/fleet/workers/{worker_id}/drain',
      summary: 'End one when it has finished what it has, and have one less',
    })
    .input(z.strictObject({ worker_id: z.string().min(1).max(200) }))
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

const doctorReport = z.object({
  /** No check has failed. */
  healthy: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['ok', 'warn', 'fail']),
      message: z.string(),
      /** What a person can do about it; null where there is nothing to do. */
      todo: z.string().nullable(),
    }),
  ),
});

export const doctorContract = {
  run: oc
    .$meta<CallMeta>({ slow: true, fullToken: true })
    .route({
      method: 'GET',
      path: '/doctor',
      summary: 'Check installation, data dir, backends and model of the server; needs the full token',
    })
    .output(doctorReport),
};
