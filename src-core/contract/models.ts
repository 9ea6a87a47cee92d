import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { plainTask } from '../domain/plain-task.ts';
import { PROVIDERS } from '../domain/provider.ts';
import { count, time, type CallMeta } from './values.ts';

const path = plainTask.shape.image_path;

const modelId = z.string().min(1).max(64);

/** Of a download that runs, or how the last one of this server ended. */
const downloadDocument = z.object({
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** The one of its files that is coming now. */
  file: z.string().nullable(),
  /** Of all files. */
  bytes: count,
  /** Null while it is not known. */
  total_bytes: count.nullable(),
  started_at: time,
  problem: z.object({ code: errorCode, message: z.string() }).nullable(),
});

export const modelDocument = z.object({
  id: z.string(),
  title: z.string().nullable(),
  installed: z.boolean(),
  /** The model of new catalogs. */
  in_use: z.boolean(),
  dimension: count.nullable(),
  input_size: count.nullable(),
  license: z.string().nullable(),
  source: z.string().nullable(),
  /** Whether a text can be compared with pictures. */
  has_text: z.boolean().nullable(),
  /** Came with the program, or was added to this data dir. */
  built_in: z.boolean(),
  problem: z.object({ code: errorCode, message: z.string() }).nullable(),
  download: downloadDocument.nullable(),
});

const oneModel = z.strictObject({ model: modelId });

const providerDocument = z.object({
  provider: z.enum(PROVIDERS),
  /** Of inference alone, in one process; null where it does not work here. */
  pictures_per_second: z.number().nullable(),
  /** Cosine of its vectors and the CPU's. */
  agreement: z.number().nullable(),
  problem: z.string().nullable(),
});

const modelEvent = z.object({ event: z.literal('download'), data: downloadDocument.extend({ id: z.string() }) });
export type ModelEvent = z.input<typeof modelEvent>;

export const modelsContract = {
  list: oc
    .route({ method: 'GET', path: '/models', summary: 'Models that are installed, and those that can be downloaded' })
    .output(z.object({ models: z.array(modelDocument) })),
  add: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/models',
      successStatus: 201,
      summary: 'Copy a model from a folder of the server’s machine',
    })
    .input(
      z.strictObject({
        path,
        as: modelId.describe('What the files of a hub are, which lie there without a manifest').optional(),
      }),
    )
    .output(modelDocument),
  download: oc
    .route({
      method: 'POST',
      path: '/models/{model}/download',
      successStatus: 202,
      summary: 'Bring a model from the hub, or go on with it; the answer comes at once',
    })
    .input(oneModel)
    .output(modelDocument),
  cancel: oc
    .route({ method: 'DELETE', path: '/models/{model}/download', summary: 'Stop a download; what has come is kept' })
    .input(oneModel)
    .output(modelDocument),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/models/{model}',
      summary: 'Take a model out that no catalog was made with, or what has come of one',
    })
    .input(oneModel)
    .output(z.object({ removed: z.string() })),
  use: oc
    .route({
      method: 'POST',
      path: '/models/{model}/use',
      summary: 'Choose the model of new catalogs, from the next start on',
    })
    .input(oneModel)
    .output(z.object({ used: z.string(), restart_needed: z.boolean() })),
  measure: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/models/providers/measure',
      summary: 'Try each execution provider of this machine with the model in use',
    })
    .output(z.object({ model: z.string(), threads: count, providers: z.array(providerDocument) })),
  events: oc
    .$meta<CallMeta>({ plain: true })
    .route({
      method: 'GET',
      path: '/models/events',
      summary: 'How downloads go on, as server-sent events; begins with how they are',
    })
    .output(eventIterator(modelEvent)),
};
