import { rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { Embedder } from '../../src-core/ports/embedder.ts';
import type { ImportLog } from '../../src-core/ports/import-log.ts';
import type { Pictures } from '../../src-core/ports/pictures.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { isFinished } from '../../src-core/domain/import.ts';
import { isAlive } from '../../src-core/settings/is-alive.ts';
import { fail, ok, warn, type Check, type Finding } from './doctor.ts';

/** What the checks look at. Openers throw what they would throw elsewhere: that is what is to be found out. */
export interface Patient {
  dataDir: string;
  /** Worker processes that this host would start. */
  workers: number;
  /** Its version, and what is unsafe about it in a line each; null for the embedded queue. */
  queueServer(): Promise<QueueServer | null>;
  queue(): Promise<TaskQueue>;
  store(): Promise<VectorStore>;
  /** Its vectors lie on a server, not in the memory of who searches. */
  storeIsServer: boolean;
  importLog(): Promise<ImportLog>;
  /** With the model of new catalogs, its checksum checked. */
  openEmbedder(): Promise<Embedder>;
  openPictures(model: Embedder['model']): Promise<Pictures>;
}

export interface QueueServer {
  version: string;
  findings: readonly { message: string; todo: string }[];
}

const NODE_MAJOR = 24;
/** Measured: a worker at batch 8 on 12-megapixel pictures, and what the host and the system want beside. */
const WORKER_BYTES = 400e6;
const LOW_DISK_BYTES = 1e9;
/** Above this the embedded store's scan and its memory (dimension bytes a picture) cost more than a Qdrant server. */
const MANY_VECTORS = 1_000_000;

/** A grey pixel as PNG, to see whether the decoder works at all. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

export function doctorChecks(patient: Patient): Check[] {
  return [
    { name: 'node', run: async () => checkNode(process.versions.node) },
    { name: 'machine', run: async () => checkMachine(patient.workers, availableParallelism(), totalmem()) },
    { name: 'data dir', run: () => checkDataDir(patient.dataDir) },
    { name: 'redis', run: async () => checkQueueServer(await patient.queueServer()) },
    { name: 'queue', run: async () => checkQueue(await patient.queue()) },
    { name: 'store', run: async () => checkStore(await patient.store(), patient.storeIsServer, totalmem()) },
    { name: 'imports', run: async () => checkImports(await patient.importLog()) },
    { name: 'model', run: () => checkModel(patient) },
    { name: 'workers', run: async () => checkWorkers(await patient.queue()) },
  ];
}

export function checkNode(version: string): Finding {
  const running = `Node ${version} on ${process.platform} ${process.arch}`;
  if (Number.parseInt(version) >= NODE_MAJOR) return ok(running);
  return fail(
    `${running}; Node ${NODE_MAJOR} is needed`,
    'Start Imagefleet by bin/imagefleet, which brings its own Node.',
  );
}

export function checkMachine(workers: number, cores: number, memory: number): Finding {
  const machine = `${cores} cores, ${(memory / 1e9).toFixed(1)} GB of memory, a fleet of ${workers}`;
  const fitting = Math.max(1, Math.floor((memory * 0.75) / WORKER_BYTES));
  if (workers > fitting) {
    return warn(`${machine}: they may need more memory than there is`, `Set fleet.workers to ${fitting} or less.`);
  }
  if (workers > cores) return warn(`${machine}: more workers than cores`, `Set fleet.workers to ${cores} or less.`);
  return ok(machine);
}

async function checkDataDir(root: string): Promise<Finding> {
  const probe = join(root, `.doctor-${process.pid}`);
  try {
    await writeFile(probe, 'x');
  } catch (error) {
    throw new AppError('DATA_DIR_UNUSABLE', `${root} cannot be written: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(probe, { force: true });
  }
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const message = `${root} is writable, ${(free / 1e9).toFixed(1)} GB are free`;
  return free < LOW_DISK_BYTES
    ? warn(message, 'Free some space on this disk, or choose another --data-dir.')
    : ok(message);
}

function checkQueueServer(server: QueueServer | null): Finding {
  if (server === null) return ok('not used: the queue is in the data dir');
  const { version, findings } = server;
  if (findings.length === 0) return ok(`version ${version}; it keeps what it has acknowledged`);
  return warn(findings.map(({ message }) => message).join('; '), findings.map(({ todo }) => todo).join(' '));
}

async function checkQueue(queue: TaskQueue): Promise<Finding> {
  const { counts, paused, suspects } = await queue.stats();
  const message = `${counts.waiting} waiting, ${counts.active} active, ${counts.delayed} delayed, ${counts.failed} failed`;
  if (paused) return warn(`${message}; it is paused`, 'Go on with "imagefleet resume".');
  if (suspects > 0) {
    return warn(
      `${message}; ${suspects} had a worker die over them`,
      'They are tried alone, one after another. Nothing to do.',
    );
  }
  return ok(message);
}

async function checkStore(store: VectorStore, isServer: boolean, memory: number): Promise<Finding> {
  const catalogs = await store.catalogs();
  const sizes = await Promise.all(
    catalogs.map(async ({ id, dimension }) => {
      const images = await store.count(id);
      return { images, bytes: images * dimension };
    }),
  );
  const images = sizes.reduce((sum, size) => sum + size.images, 0);
  if (isServer) return ok(`pictures: ${images}, on a Qdrant server`);
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  const message = `pictures: ${images}; searching all of them takes ${(bytes / 1e6).toFixed(1)} MB of memory`;
  if (images > MANY_VECTORS || bytes > memory / 4) {
    return warn(message, 'A Qdrant server searches this many with less memory and time than the embedded store.');
  }
  return ok(message);
}

async function checkImports(imports: ImportLog): Promise<Finding> {
  const unfinished = (await imports.listImports(1_000)).filter(({ state }) => !isFinished(state));
  const orphaned = unfinished.filter(({ ownerUntil }) => ownerUntil === null || ownerUntil < Date.now());
  if (orphaned.length === 0) return ok(`${unfinished.length} unfinished`);
  return warn(
    `${orphaned.length} stopped in the middle: ${orphaned.map(({ id }) => id).join(', ')}`,
    'Index the same folder again to resume, or "imagefleet cancel --import ID".',
  );
}

/** Decodes one picture and embeds it: sharp, onnxruntime and the model's files all have to work for that. */
async function checkModel({ openEmbedder, openPictures }: Patient): Promise<Finding> {
  const embedder = await openEmbedder();
  try {
    const pictures = await openPictures(embedder.model);
    try {
      const { pixels } = await pictures.decode(PNG);
      const vector = await embedder.embed(pixels, 1);
      const length = Math.hypot(...vector);
      const { id, output } = embedder.model;
      if (vector.length !== output.dimension || Math.abs(length - 1) > 1e-3) {
        throw new AppError('MODEL_INVALID', `${id} answered ${vector.length} numbers of length ${length}`);
      }
      return ok(`${id} on ${embedder.provider}: its checksum is right, a picture was decoded and embedded`);
    } finally {
      await pictures.close();
    }
  } finally {
    await embedder.close();
  }
}

async function checkWorkers(queue: TaskQueue): Promise<Finding> {
  const workers = await queue.workers();
  const { counts } = await queue.stats();
  const lost = workers.filter((worker) => worker.lost);
  const orphans = lost.filter(({ status }) => status.host === hostname() && isAlive(status.pid));
  if (orphans.length) {
    const pids = orphans.map(({ status }) => status.pid).join(', ');
    return warn(`processes that run but do not answer: ${pids}`, 'End them if they do not come back by themselves.');
  }
  if (lost.length) {
    const ids = lost.map(({ status }) => status.workerId).join(', ');
    return warn(`lost: ${ids}`, 'Their tasks go to others when the leases run out. Look at their last log lines.');
  }
  const live = workers.length;
  if (live === 0 && counts.active > 0) {
    return warn(
      `${counts.active} tasks are leased and no worker is there`,
      'They wait again once a worker or an import runs.',
    );
  }
  return ok(`${live} alive`);
}
