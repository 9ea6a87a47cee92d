import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '../../../src-core/domain/app-error.ts';
import { findCatalog, type Catalog } from '../../../src-core/domain/catalog.ts';
import type { ModelManifest } from '../../../src-core/domain/model-manifest.ts';
import type { Succession } from '../../../src-core/domain/re-embedding.ts';
import type { Finder } from '../../../src-core/ports/finder.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { Failure, Successions } from '../../../src-core/ports/successions.ts';
import type { QueueOperator } from '../../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import { embedStep } from './embed-step.ts';
import { isFed } from './is-fed.ts';
import { rememberModel } from './remember-model.ts';

/** `stopped`: it has begun, and nobody goes on with it. `waiting`: what feeds the catalog has to end first. */
export type ReEmbeddingState = 'running' | 'waiting' | 'stopped' | 'failed' | 'cancelled' | 'done';

export interface ReEmbedding extends Pick<Succession, 'model' | 'startedAt' | 'total' | 'done' | 'failed'> {
  catalog: Catalog;
  state: ReEmbeddingState;
  error: AppError | null;
}

export interface ReEmbedRequest {
  /** By name or id. */
  catalog: string;
  model: string;
  /** The old vectors go on as a catalog of their own, under the catalog's name and the old model's; else they are dropped. */
  keepOld: boolean;
  /** So many pictures may fail; more of them, or fewer, and the catalog stays as it is. */
  leaveOut: number;
}

export interface ReEmbeddings {
  /**
   * Begins, or goes on with what was stopped; answers at once. Throws NOT_FOUND for catalog or model, CONFLICT for the model
   * that it has or while it goes over to another.
   */
  start(request: ReEmbedRequest): Promise<ReEmbedding>;
  /** Null where none has begun. */
  get(catalog: string): Promise<ReEmbedding | null>;
  /** Resolves when this process has no more to do for it. */
  finished(catalog: string): Promise<ReEmbedding | null>;
  /** Drops the new vectors. Throws NOT_FOUND. */
  cancel(catalog: string): Promise<void>;
  /** Pictures that could not be embedded. `limit` 1–1,000. */
  failures(catalog: string, limit: number, after?: string): Promise<Failure[]>;
  /** Ends what runs here; the same request goes on with it. */
  close(): Promise<void>;
}

interface Deps {
  store: VectorStore;
  finder: Pick<Finder, 'reEmbed'>;
  log: ImportLog;
  queue: Pick<QueueOperator, 'count'>;
  /** Throws MODEL_NOT_FOUND, MODEL_INVALID. */
  findModel: (id: string) => Promise<ModelManifest>;
}

interface Job {
  now: ReEmbedding;
  stop: AbortController;
  ended: Promise<void>;
}

/** While something feeds the catalog, it is looked at again after so long. */
const WAIT_MS = 1_000;

export function createReEmbeddings({ store, finder, log, queue, findModel }: Deps): ReEmbeddings {
  const jobs = new Map<string, Job>();

  const find = async (nameOrId: string): Promise<Catalog> => findCatalog(await store.catalogs(), nameOrId);

  async function refresh({ now }: Job): Promise<void> {
    const succession = await store.successions.get(now.catalog.id);
    if (!succession) throw new AppError('CANCELLED', `re-embedding “${now.catalog.name}” was cancelled`);
    const { total, done, failed } = succession;
    Object.assign(now, { total, done, failed });
  }

  /** Until nothing is due, nothing can make more due, and the new vectors are the catalog's. */
  async function work(job: Job, request: ReEmbedRequest): Promise<void> {
    const { catalog } = job.now;
    const { successions } = store;
    const keepAs = request.keepOld ? keptName(catalog) : null;
    for (;;) {
      job.stop.signal.throwIfAborted();
      const due = await embedStep(finder, successions, catalog.id);
      await refresh(job);
      if (due) continue;
      if (await isFed(log, queue, catalog)) {
        job.now.state = 'waiting';
        await sleep(WAIT_MS, undefined, { signal: job.stop.signal }).catch(() => {}); // aborted
        job.now.state = 'running';
        continue;
      }
      if (job.now.failed !== request.leaveOut) throw tooMany(job.now);
      const lost = await allFailures(successions, catalog.id);
      if (!(await successions.finish(catalog.id, { keepAs, leaveOut: request.leaveOut }))) continue;
      await rememberModel(log, catalog.id, request.model, lost);
      return;
    }
  }

  async function run(job: Job, request: ReEmbedRequest): Promise<void> {
    try {
      await work(job, request);
      job.now.state = 'done';
    } catch (error) {
      job.now.error = job.stop.signal.aborted ? null : toAppError(error);
      job.now.state = job.stop.signal.aborted
        ? 'stopped'
        : job.now.error?.code === 'CANCELLED'
          ? 'cancelled'
          : 'failed';
    }
  }

  async function get(nameOrId: string): Promise<ReEmbedding | null> {
    const catalog = await find(nameOrId);
    const job = jobs.get(catalog.id);
    if (job) return { ...job.now };
    const succession = await store.successions.get(catalog.id);
    if (!succession) return null;
    const { model, startedAt, total, done, failed } = succession;
    return { catalog, model, startedAt, total, done, failed, state: 'stopped', error: null };
  }

  async function end(catalogId: string): Promise<void> {
    const job = jobs.get(catalogId);
    job?.stop.abort();
    await job?.ended;
  }

  return {
    async start(request) {
      const catalog = await find(request.catalog);
      const { id: model, output } = await findModel(request.model);
      const running = jobs.get(catalog.id)?.now;
      const isUnderWay = running?.state === 'running' || running?.state === 'waiting';
      if (isUnderWay && running.model === model) return { ...running };
      const { startedAt, total, done, failed } = await store.successions.begin(catalog.id, {
        model,
        dimension: output.dimension,
      });
      const now: ReEmbedding = { catalog, model, startedAt, total, done, failed, state: 'running', error: null };
      const job: Job = { now, stop: new AbortController(), ended: Promise.resolve() };
      jobs.set(catalog.id, job);
      job.ended = run(job, { ...request, model });
      return { ...now };
    },

    get,

    async finished(nameOrId) {
      const { id } = await find(nameOrId);
      await jobs.get(id)?.ended;
      return get(id);
    },

    async cancel(nameOrId) {
      const { id } = await find(nameOrId);
      await end(id);
      jobs.delete(id);
      await store.successions.cancel(id);
    },

    async failures(nameOrId, limit, after) {
      return store.successions.failures((await find(nameOrId)).id, limit, after);
    },

    async close() {
      await Promise.all([...jobs.keys()].map(end));
    },
  };
}

function tooMany({ failed, catalog }: ReEmbedding): AppError {
  const { name } = catalog;
  return new AppError(
    'CONFLICT',
    `${failed} pictures of “${name}” could not be embedded and would leave it; leave them out by their number, or mend them and start again`,
    { details: { failed } },
  );
}

async function allFailures(successions: Successions, catalogId: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let after = ''; ;) {
    const page = await successions.failures(catalogId, 1_000, after);
    for (const { imageId } of page) ids.add(imageId);
    if (page.length === 0) return ids;
    after = page.at(-1)!.imageId;
  }
}

/** "shoes (default-160)". */
const keptName = ({ name, model }: Catalog): string => `${name.slice(0, 97 - model.length)} (${model})`;
