import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { openSqliteImports } from '../../../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { openSqliteQueue } from '../../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { AppError, toWire } from '../../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../../src-core/domain/catalog.ts';
import type { ImageRecord } from '../../../../src-core/domain/image-record.ts';
import type { ManifestColumns } from '../../../../src-core/domain/manifest-columns.ts';
import type { ImportRun, LedgerLine } from '../../../../src-core/domain/import.ts';
import { NO_TEXTS } from '../../../../src-core/domain/picture-texts.ts';
import { indexPayload, type IndexPayload, type IndexResult } from '../../../../src-core/domain/index-task.ts';
import type { ClaimedTask, TaskOutcome } from '../../../../src-core/domain/task.ts';
import type { ImportLog } from '../../../../src-core/ports/import-log.ts';
import type { TaskQueue } from '../../../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { settingsSchema, type SettingsInput } from '../../../../src-core/settings/schema.ts';
import { createImports, type Imports } from '../../../../src-main/services/imports/imports.ts';
import type { ImportTiming } from '../../../../src-main/services/imports/job.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { allLines, countsOf } from '../../../contract/import-log/lines.ts';

export interface Host {
  imports: Imports;
  log: ImportLog;
  queue: TaskQueue;
  store: VectorStore;
  catalog: Catalog;
}

export interface Rig extends Host {
  dir: string;
  /** Folder of pictures; empty at first. */
  root: string;
  write(files: Record<string, string>): Promise<void>;
  /** Another host on the same data dir, as another process would be. */
  openHost(options?: HostOptions): Promise<Host>;
  /** A folder imported from start to end. */
  importAll(more?: { path?: string; manifest?: string; columns?: ManifestColumns }): Promise<ImportRun>;
  /** Lines as "name: outcome reason", sorted; also checks that the counts add up. */
  lines(importId: string): Promise<string[]>;
  records(): Promise<ImageRecord[]>;
  startWorker(): void;
}

interface HostOptions {
  owner?: string;
  timing?: Partial<ImportTiming>;
  settings?: SettingsInput;
}

/** `atEnd` is told what ends the rig; the running test's end does it unless given. */
export async function openRig(
  options: HostOptions = {},
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<Rig> {
  const dir = await tempDir();
  const root = join(dir, 'pictures');
  await mkdir(root);

  async function openHost(more: HostOptions = {}): Promise<Host> {
    const settings = settingsSchema.parse({ imports: { batch: 4 }, ...options.settings, ...more.settings });
    const log = await openSqliteImports({ path: join(dir, 'imports.db') });
    const queue = await openSqliteQueue({ path: join(dir, 'queue.db'), settings });
    const store = await openSqliteVectors({ path: join(dir, 'vectors.db') });
    atEnd(async () => {
      await Promise.all([log.close(), queue.close(), store.close()]);
    });
    const catalog = await store.ensureCatalog({ name: 'default', model: 'toy', dimension: 2 });
    const timing = { pollMs: 5, lookMs: 20, retryMs: 10, retryCapMs: 50, ...options.timing, ...more.timing };
    const imports = createImports({ log, queue, store, settings, timing, owner: more.owner ?? 'test-host' });
    return { imports, log, queue, store, catalog };
  }

  const host = await openHost();
  const { imports, log, queue, store, catalog } = host;
  return {
    ...host,
    dir,
    root,
    openHost,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(root, name)), { recursive: true });
        await writeFile(join(root, name), content);
      }
    },
    async importAll({ path = root, manifest, columns } = {}) {
      const run = await imports.start({ path, manifest, columns, catalogId: catalog.id });
      return imports.run(run.id);
    },
    async lines(importId) {
      await countsOf(log, importId);
      return (await allLines(log, importId)).map((line) => asText(line, root));
    },
    async records() {
      return (await store.scroll(catalog.id, 1_000)).map(({ record }) => record).toSorted(byName);
    },
    startWorker() {
      const stop = new AbortController();
      const working = work({ queue, store, log }, catalog, stop.signal);
      atEnd(async () => {
        stop.abort();
        await working;
      });
    },
  };
}

function asText({ name, outcome, reason }: LedgerLine, root: string): string {
  const short = name.replace(`${root}/`, '');
  return `${short}: ${outcome}${reason === null ? '' : ` ${reason.replace(`${root}/`, '')}`}`;
}

function byName(a: ImageRecord, b: ImageRecord): number {
  return a.canonicalName < b.canonicalName ? -1 : 1;
}

type Backends = Pick<Host, 'queue' | 'store' | 'log'>;

/** A worker that is no more than the queue's and store's promises: bytes that begin with "bad" are a corrupt picture. */
async function work({ queue, store }: Backends, catalog: Catalog, signal: AbortSignal): Promise<void> {
  for (let n = 0; !signal.aborted; n++) {
    const { tasks } = await queue.claim({ workerId: 'toy', claimId: `toy-${n}`, max: 16, leaseMs: 30_000 });
    const settlements = [];
    for (const task of tasks) {
      settlements.push({ taskId: task.id, version: task.version, ...(await runTask(store, catalog, task)) });
    }
    if (settlements.length > 0) await queue.settle('toy', settlements);
    else await queue.waitForWork(5, signal);
    await sleep(0);
  }
}

async function runTask(store: VectorStore, catalog: Catalog, task: ClaimedTask): Promise<TaskOutcome> {
  const payload = indexPayload.parse(task.payload);
  try {
    const bytes = await readFile(payload.path);
    if (bytes.toString().startsWith('bad')) throw new AppError('IMAGE_CORRUPT', `${payload.path} is bad`);
    const contentHash = createHash('sha256').update(bytes).digest('hex');
    const { mtimeMs } = await stat(payload.path);
    const [before] = await store.get(catalog.id, [payload.imageId]);
    const isOwnWork = task.importId !== null && before?.record.importId === task.importId;
    const isSame = before?.record.contentHash === contentHash;
    const how = isSame ? (isOwnWork ? 'reused' : 'unchanged') : 'embedded';
    const result = { imageId: payload.imageId, how, contentHash, bytes: bytes.length, mtimeMs } as const;
    if (how === 'embedded') {
      const record = recordOf(payload, task, result);
      await store.upsert(catalog.id, [{ record, vector: vectorOf(contentHash) }]);
    } else {
      await store.setPayload(catalog.id, [{ imageIds: [payload.imageId], patch: { mtimeMs, ...NO_TEXTS } }]);
    }
    return { outcome: 'done', result };
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { outcome: 'dead', error: toWire(gone ? new AppError('FILE_NOT_FOUND', payload.path) : error) };
  }
}

/** Other bytes point elsewhere. */
function vectorOf(contentHash: string): Float32Array {
  const angle = (Number.parseInt(contentHash.slice(0, 8), 16) / 2 ** 32) * 2 * Math.PI;
  return new Float32Array([Math.cos(angle), Math.sin(angle)]);
}

function recordOf(payload: IndexPayload, task: ClaimedTask, result: IndexResult): ImageRecord {
  const { root: _root, inode: _inode, ...known } = payload;
  const { contentHash, bytes, mtimeMs } = result;
  return {
    ...known,
    contentHash,
    bytes,
    mtimeMs,
    fileName: basename(payload.path),
    importId: task.importId,
    ...NO_TEXTS,
    width: 1,
    height: 1,
    format: 'jpeg',
    perceptualHash: '0'.repeat(16),
    thumbhash: '',
    capturedAt: null,
    model: 'toy',
    indexedAt: Date.now(),
    version: task.version,
    missingSince: null,
  };
}
