import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { openSqliteQueue } from '../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { openSqliteVectors } from '../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import { NO_TEXTS, type PictureTexts } from '../../../src-core/domain/picture-texts.ts';
import { normalise } from '../../../src-core/domain/search.ts';
import type { NewTask, Settlement } from '../../../src-core/domain/task.ts';
import type { Embedder } from '../../../src-core/ports/embedder.ts';
import type { Pictures } from '../../../src-core/ports/pictures.ts';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import { settingsSchema, type SettingsInput } from '../../../src-core/settings/schema.ts';
import { createLogger } from '../../../src-core/telemetry/log.ts';
import type { Handler } from '../../../src-worker/handler.ts';
import { createIndexHandler } from '../../../src-worker/handlers/index/create-index-handler.ts';
import { createRunLoop, type RunLoop } from '../../../src-worker/run-loop.ts';
import { createStageClock } from '../../../src-worker/stage-clock.ts';
import { tempDir } from '../../support/temp-dir.ts';

const SIZE = 16;
const DIMENSION = 8;
export const model: Embedder['model'] = {
  id: 'test-model',
  file: 'test.onnx',
  sha256: '0'.repeat(64),
  input: { name: 'in', size: SIZE, layout: 'uint8-nhwc' },
  output: { name: 'out', dimension: DIMENSION },
  preprocessing: { fit: 'fill', background: '#fff' },
  license: 'none',
  source: 'none',
};

/**
 * "Files" whose text says what happens to them: `bad` cannot be decoded, `sick` cannot be embedded, `TITLE says CAPTION`
 * has these, with TITLE as its keyword.
 */
function textPictures(files: Map<string, string>): Pictures {
  return {
    async read(path) {
      const text = files.get(path);
      if (text === undefined) throw new AppError('FILE_NOT_FOUND', `${path} does not exist`);
      const bytes = Buffer.from(text);
      return { bytes, contentHash: createHash('sha256').update(bytes).digest('hex'), mtimeMs: 1_000 };
    },
    measure: async () => 1e6,
    async decode(bytes) {
      const text = Buffer.from(bytes).toString();
      if (text.startsWith('bad')) throw new AppError('IMAGE_CORRUPT', 'bad picture');
      const pixels = new Uint8Array(SIZE * SIZE * 3).fill(text.startsWith('sick') ? 255 : 1);
      pixels.set(
        createHash('sha256')
          .update(bytes)
          .digest()
          .map((byte) => byte % 200),
      );
      const looks = { width: 10, height: 20, format: 'png', capturedAt: null } as const;
      return { pixels, ...looks, perceptualHash: '0'.repeat(16), thumbhash: '', ...textsOf(bytes) };
    },
    describe: async (bytes) => textsOf(bytes),
    close: async () => {},
  };
}

function textsOf(bytes: Uint8Array): PictureTexts {
  const [title, caption] = Buffer.from(bytes).toString().split(' says ');
  return title && caption ? { title, caption, keywords: [title] } : NO_TEXTS;
}

/** Vectors made of the first pixels. */
function firstPixelsEmbedder(): Embedder & { batches: number[] } {
  const batches: number[] = [];
  return {
    model,
    provider: 'cpu',
    batches,
    async embed(pixels, count) {
      batches.push(count);
      const vectors = new Float32Array(count * DIMENSION);
      for (let i = 0; i < count; i++) {
        const picture = pixels.subarray(i * SIZE * SIZE * 3, (i + 1) * SIZE * SIZE * 3);
        if (picture.at(-1) === 255) throw new AppError('EMBED_FAILED', 'sick picture');
        vectors.set(normalise(Float32Array.from(picture.subarray(0, DIMENSION), (value) => value + 1)), i * DIMENSION);
      }
      return vectors;
    },
    close: async () => {},
  };
}

export interface Rig {
  files: Map<string, string>;
  queue: TaskQueue;
  store: VectorStore;
  embedder: ReturnType<typeof firstPixelsEmbedder>;
  catalogId: string;
  /** All that was sent to the queue to settle. */
  settled: Settlement[];
  hung: Error[];
  loop: RunLoop;
  stages: ReturnType<typeof createStageClock>;
  /** Adds a file and its task. */
  add(files: Record<string, string>, over?: Partial<NewTask>): Promise<string[]>;
  start(): void;
  /** Resolves when the loop has ended. */
  drained(): Promise<void>;
}

export interface RigOptions {
  settings?: SettingsInput;
  workerId?: string;
  queue?: (queue: TaskQueue) => Partial<TaskQueue>;
  store?: (store: VectorStore) => Partial<VectorStore>;
  pictures?: (pictures: Pictures) => Partial<Pictures>;
  embedder?: (embedder: Embedder) => Partial<Embedder>;
  handler?: (handler: Handler) => Handler;
  now?: () => number;
}

/** A run loop with the index pipeline on a real queue and a real store; pictures and model are small ones of the test. */
export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const folder = await tempDir();
  const settings = settingsSchema.parse({
    ...options.settings,
    queue: { backoffBaseMs: 1, backoffCapMs: 5, ...options.settings?.queue },
    batch: { size: 4, waitMs: 20, upsertSize: 8, ...options.settings?.batch },
  });
  const realQueue = await openSqliteQueue({ path: join(folder, 'queue.db'), settings });
  const realStore = await openSqliteVectors({ path: join(folder, 'vectors.db') });
  const catalog = await realStore.ensureCatalog({ name: 'test', model: model.id, dimension: DIMENSION });

  const settled: Settlement[] = [];
  const queue: TaskQueue = {
    ...realQueue,
    async settle(workerId, settlements) {
      const answers = await realQueue.settle(workerId, settlements);
      settled.push(...settlements);
      return answers;
    },
    ...options.queue?.(realQueue),
  };
  const store = { ...realStore, ...options.store?.(realStore) };
  const files = new Map<string, string>();
  const plain = textPictures(files);
  const pictures = { ...plain, ...options.pictures?.(plain) };
  const counting = firstPixelsEmbedder();
  const embedder = { ...counting, ...options.embedder?.(counting) };

  const now = options.now ?? ((): number => performance.now());
  const stages = createStageClock(now);
  const log = createLogger({ proc: 'test', level: 'silent', format: 'json' });
  const hung: Error[] = [];
  const onHang = (error: Error): void => void hung.push(error);
  const index = createIndexHandler({
    settings,
    store,
    embedder,
    pictures,
    machine: 'here',
    stages,
    now,
    threads: 2,
    onHang,
  });
  const handler = options.handler?.(index) ?? index;
  const workerId = options.workerId ?? 'worker-1';
  const backoff = { baseMs: 20, capMs: 40 };
  const loop = createRunLoop({ workerId, queue, handlers: { index: handler }, settings, stages, log, now, backoff });
  let running: Promise<void> | undefined;

  async function drained(): Promise<void> {
    loop.drain();
    await running;
  }

  onTestFinished(async () => {
    await drained();
    index.close();
    await realQueue.close();
    await realStore.close();
  });

  return {
    files,
    queue: realQueue,
    store: realStore,
    embedder,
    catalogId: catalog.id,
    settled,
    hung,
    loop,
    stages,
    start: () => void (running = loop.run()),
    drained,
    async add(added, over = {}) {
      const tasks = Object.entries(added).map(([name, text]) => {
        const path = `/pictures/${name}`;
        files.set(path, text);
        return toTask(catalog.id, path, over);
      });
      await realQueue.enqueue(tasks);
      return tasks.map(({ id }) => id);
    },
  };
}

export function toTask(catalogId: string, path: string, over: Partial<NewTask> = {}): NewTask {
  const imageId = imageIdOf(catalogId, path);
  const payload = { path, canonicalName: path, imageId, sourceId: null, root: null };
  return { id: `task-${path}`, catalogId, ...over, payload: { ...payload, ...over.payload } };
}

/** Files `p-0` … with texts of their own. */
export function someFiles(count: number, prefix = 'p'): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}-${i}`, `picture ${prefix} ${i}`]));
}

/** Waits until `check` no longer throws. */
export async function until(check: () => unknown): Promise<void> {
  await vi.waitFor(check, { timeout: 20_000, interval: 10 });
}
