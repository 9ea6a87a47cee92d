import { z } from 'zod';
import { isAbsolutePath, parseSharedFolder } from '../domain/path-map.ts';

/** An address or a secret; empty is none, as Compose passes what is not set. */
const given = (text: z.ZodType<string, string>) =>
  z.union([z.literal('').transform(() => null), z.null(), text]).default(null);

/** Of the environment and of `--set`: parted by line ends or `;`. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\n;]/).flatMap((part) => part.trim() || []) : value),
    z.array(item),
  );

/**
 * All settings with their defaults and meaning. Durations are ms, sizes bytes. A changed meaning or name gets a new
 * `version` and a step in upgrades.ts.
 */
export const settingsSchema = z.strictObject({
  version: z.literal(1).default(1),
  fleet: z
    .strictObject({
      workers: z
        .union([z.literal('auto'), z.number().int().min(0).max(256)])
        .default('auto')
        .describe('Worker processes of this host; auto is one per core, at most eight'),
      heartbeatMs: z.number().int().min(50).default(5_000).describe('Time between two heartbeats'),
      lostAfterMs: z.number().int().min(200).default(20_000).describe('A silent worker is shown as lost after this'),
      watchdogMs: z
        .number()
        .int()
        .min(500)
        .default(60_000)
        .describe('A silent worker is killed and replaced after this'),
      drainMs: z.number().int().min(100).default(30_000).describe('Time a worker gets to finish before it is killed'),
      maxRssBytes: z.number().int().min(64e6).default(1_500e6).describe('A worker over this memory is recycled'),
      restartBackoffMs: z
        .number()
        .int()
        .min(0)
        .default(500)
        .describe('Wait before the first restart; doubles, to 30 s'),
      crashLoopAfter: z
        .number()
        .int()
        .min(2)
        .default(8)
        .describe('Crashes without progress in between that raise the alarm'),
      workerId: given(
        z
          .string()
          .max(100)
          .regex(/^[\w.-]+$/, 'must be of letters, digits, dots, hyphens and underscores'),
      ).describe('Name of this host’s workers; a number is added for each. Without one they get names of their own'),
      tags: list(z.string().max(100)).default([]).describe('Shown with this host’s workers'),
      metricsPort: z
        .number()
        .int()
        .min(0)
        .max(65_535)
        .nullable()
        .default(null)
        .describe('Port on which this host tells the numbers of its workers, for Prometheus; 0 takes a free one'),
      metricsHost: z.string().min(1).default('127.0.0.1').describe('Where that port is opened'),
    })
    .prefault({}),
  queue: z
    .strictObject({
      name: z
        .string()
        .max(100)
        .regex(/^[\w.:-]+$/, 'must be of letters, digits, dots, colons, hyphens and underscores')
        .default('image_indexing_queue')
        .describe('Name of the queue'),
      leaseMs: z.number().int().min(100).default(30_000).describe('How long a claim holds without a renewal'),
      attempts: z.number().int().min(1).max(100).default(3).describe('Attempts of a task before it is failed'),
      backoffBaseMs: z.number().int().min(0).default(2_000).describe('Wait before the second attempt; doubles'),
      backoffCapMs: z.number().int().min(0).default(10_000).describe('The longest wait before an attempt'),
      unseenRetryMs: z
        .number()
        .int()
        .min(10)
        .default(2_000)
        .describe('When a task that a worker could not see comes back'),
      keepCompletedMs: z
        .number()
        .int()
        .min(0)
        .default(86_400_000)
        .describe('Completed and cancelled tasks are kept this long'),
      keepFailedMs: z.number().int().min(0).default(2_592_000_000).describe('Failed tasks are kept this long'),
      keepFailedMax: z.number().int().min(0).default(100_000).describe('At most this many failed tasks are kept'),
      keepEvents: z.number().int().min(100).default(10_000).describe('At most this many batched events are kept'),
      durability: z.enum(['normal', 'full']).default('normal').describe('full: an enqueue outlives a power cut too'),
    })
    .prefault({}),
  batch: z
    .strictObject({
      size: z.number().int().min(1).max(256).default(8).describe('Pictures per inference'),
      waitMs: z.number().int().min(0).max(5_000).default(10).describe('A smaller batch is run after waiting this long'),
      upsertSize: z.number().int().min(1).max(256).default(32).describe('Records per write to the store'),
      megapixelsInFlight: z.number().min(1).default(96).describe('Budget of megapixels being decoded at a time'),
      decodeConcurrency: z
        .union([z.literal('auto'), z.number().int().min(1).max(64)])
        .default('auto')
        .describe('Pictures being decoded at a time'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .min(1)
        .default(512 * 1024 * 1024)
        .describe('Largest file that is read'),
      maxPixels: z.number().int().min(1).default(300_000_000).describe('Largest picture that is decoded'),
      decodeMs: z.number().int().min(100).default(30_000).describe('Longest time that one picture may take to decode'),
    })
    .prefault({}),
  model: z
    .strictObject({
      id: z.string().default('default-160').describe('Model of new catalogs'),
      provider: z.enum(['auto', 'cpu', 'dml', 'coreml', 'cuda']).default('auto').describe('Execution provider'),
      threads: z.number().int().min(1).max(64).default(1).describe('Threads per inference session'),
    })
    .prefault({}),
  models: z
    .strictObject({
      mirror: z
        .url({ protocol: /^https?$/, error: 'must be a http:// or https:// address' })
        .default('https://huggingface.co')
        .describe('Hub that models are downloaded from, or a mirror of it with the same paths'),
    })
    .prefault({}),
  imports: z
    .strictObject({
      hidden: z.boolean().default(false).describe('Walk into hidden folders and take hidden files'),
      defaultExcludes: z
        .boolean()
        .default(true)
        .describe('Leave out recycle bins, previews and caches of other tools (docs/command-line.md)'),
      placeholders: z.boolean().default(false).describe('Fetch pictures whose bytes lie in a cloud'),
      watch: z
        .enum(['auto', 'events', 'polling'])
        .default('auto')
        .describe('How --watch sees changes; auto finds out whether file events work'),
      rescanMs: z
        .number()
        .int()
        .min(1_000)
        .default(900_000)
        .describe('With file events, the whole source is looked at this often all the same'),
      keepLedgers: z.number().int().min(1).default(10).describe('Newest imports of a source whose lines are kept'),
      followLinks: z.boolean().default(false).describe('Follow symbolic links to folders'),
      batch: z.number().int().min(1).max(10_000).default(500).describe('Files per enqueue'),
    })
    .prefault({}),
  redis: z
    .strictObject({
      url: given(
        z
          .string()
          .regex(
            /^(rediss?(\+(sentinel|cluster))?|redis\+unix):\/\//i,
            'must begin with redis://, rediss://, redis+unix://, redis+sentinel:// or redis+cluster://',
          ),
      ).describe('Queue on a Redis server instead of in the data dir'),
    })
    .prefault({}),
  qdrant: z
    .strictObject({
      url: given(z.url({ protocol: /^https?$/, error: 'must be a http:// or https:// address' })).describe(
        'Vector store on a Qdrant server instead of in the data dir',
      ),
      apiKey: given(z.string()).describe('Key of the Qdrant server'),
      timeoutMs: z.number().int().min(100).default(15_000).describe('Longest time that a request to Qdrant may take'),
      quantization: z
        .enum(['int8', 'none'])
        .default('int8')
        .describe('Vectors that Qdrant holds in memory; int8 is always rescored with the originals'),
      onDisk: z.boolean().default(false).describe('Qdrant keeps the original vectors on disk'),
    })
    .prefault({}),
  paths: z
    .strictObject({
      map: list(
        z.string().check((context) => {
          try {
            parseSharedFolder(context.value);
          } catch (error) {
            context.issues.push({ code: 'custom', input: context.value, message: (error as Error).message });
          }
        }),
      )
        .default([])
        .describe('Folders that machines share, as SHARED=HERE: the name that all use, and where it lies here'),
      allowRoots: list(z.string().refine(isAbsolutePath, 'must be absolute'))
        .default([])
        .describe('Where set, only pictures below these folders are read'),
    })
    .prefault({}),
  http: z
    .strictObject({
      requestsPerMinute: z
        .number()
        .int()
        .min(0)
        .default(60_000)
        .describe('Requests that one client address may send a minute; 0 is no limit'),
      requestMs: z.number().int().min(100).default(30_000).describe('Longest time that an answer may take'),
      sessionMs: z.number().int().min(1_000).default(2_592_000_000).describe('How long a browser stays signed in'),
      fetchUrls: z
        .boolean()
        .default(false)
        .describe('Fetch a picture that a search names by its URL; never from private addresses'),
    })
    .prefault({}),
  uploads: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .min(0)
        .default(50_000_000_000)
        .describe('Files that were uploaded to be imported, all together; 0 takes none'),
      keepMs: z
        .number()
        .int()
        .min(60_000)
        .default(86_400_000)
        .describe('An upload that nobody imports is deleted so long after its last file'),
    })
    .prefault({}),
  thumbnails: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .min(0)
        .default(1024 * 1024 * 1024)
        .describe('Small pictures that the server keeps in the data dir; the longest unused go first'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('warn')
        .describe('Least level logged'),
      format: z.enum(['auto', 'json', 'pretty']).default('auto').describe('auto is pretty in a terminal'),
      toFile: z
        .boolean()
        .default(false)
        .describe('Keep the log in files of the data dir too, as JSON; the desktop program does'),
      fileBytes: z
        .number()
        .int()
        .min(10_000)
        .default(10_000_000)
        .describe('A log file of this size is followed by another'),
      keepFiles: z.number().int().min(1).max(1_000).default(5).describe('Newest log files that are kept'),
    })
    .prefault({}),
  tracing: z
    .strictObject({
      endpoint: given(z.url({ protocol: /^https?$/, error: 'must be a http:// or https:// address' })).describe(
        'OpenTelemetry collector that traces are sent to, by OTLP over HTTP; without one there are none',
      ),
      ratio: z.number().min(0).max(1).default(1).describe('Share of the traces that are kept'),
    })
    .prefault({}),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;
