import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError, toAppError } from '../../../src-core/domain/app-error.ts';
import { canonicalName } from '../../../src-core/domain/identity.ts';
import { isManifestName, type ManifestColumns } from '../../../src-core/domain/manifest-columns.ts';
import { OWN_NAMES } from '../../../src-core/domain/naming.ts';
import {
  isFinished,
  type ImportRun,
  type ImportStarter,
  type Source,
  type SourceRules,
} from '../../../src-core/domain/import.ts';
import type { TaskPriority } from '../../../src-core/domain/task.ts';
import { checkManifest } from '../../../src-core/files/manifest.ts';
import { endBulkLoad } from './bulk-load.ts';
import { drive, lookAtSource } from './drive.ts';
import { follow, type FollowOptions } from './follow.ts';
import { DEFAULT_TIMING, type ImportsDeps, type Job, type RunOptions } from './job.ts';
import { mayPass, startWaiting, stopWaiting, untilItPasses } from './patience.ts';
import { isDead, PROCESS_OWNER } from './owner.ts';
import { rulesOf } from './rules-of.ts';
import { reconcile } from './settle.ts';

export interface StartRequest {
  catalogId: string;
  /** A folder, a file, or a manifest whose lines are the files. */
  path: string;
  /** Facts for the files of the folder. */
  manifest?: string | undefined;
  /** How its manifest is read from now on; left out: as before. */
  columns?: ManifestColumns | undefined;
  priority?: TaskPriority | undefined;
  /** Of a source that is new; those of a known one are changed by services/sources.ts. */
  rules?: SourceRules | undefined;
  startedBy?: ImportStarter | undefined;
  /** Only while this is the source of the path; NOT_FOUND else. */
  sourceId?: string;
}

export interface Imports {
  /**
   * The import of this source: its unfinished one goes on (with the priority it had), else a new one. It is this
   * process's then; `run` drives it. Throws INVALID_INPUT for a path where nothing ever was, INVALID_MANIFEST, NOT_FOUND
   * for an unknown catalog, CONFLICT when another process drives it or it runs with another manifest.
   */
  start(request: StartRequest): Promise<ImportRun>;
  /**
   * Drives the import until it is finished, and answers it; also when the signal aborts, as far as it is then. A paused
   * import is waited for, and so is a source, store, queue or disk that is away: the import is `waiting` then, with the
   * code as its reason, and goes on by itself. Throws CONFLICT, defects, and what is away when it is `impatient`.
   */
  run(importId: string, options?: RunOptions): Promise<ImportRun>;
  /** Keeps a source imported until the signal aborts; see follow.ts. */
  follow(request: StartRequest, options: FollowOptions): Promise<void>;
  /** These three work on an import that any process drives. On a finished one they throw CONFLICT. */
  pause(importId: string): Promise<ImportRun>;
  resume(importId: string): Promise<ImportRun>;
  /** Answers how many tasks were cancelled. */
  cancel(importId: string): Promise<number>;
  status(importId: string): Promise<ImportRun>;
  sourceOf(importId: string): Promise<Source>;
  /** Asks the queue about open and failed files, when nobody may have followed a retry. */
  refresh(importId: string): Promise<ImportRun>;
  /** Newest first; `limit` 1–10,000. */
  list(limit?: number): Promise<ImportRun[]>;
}

export function createImports(deps: ImportsDeps): Imports {
  const { log, queue, store, naming = OWN_NAMES, owner = PROCESS_OWNER } = deps;
  const timing = { ...DEFAULT_TIMING, ...deps.timing };
  const driven = new Set<string>();

  async function status(importId: string): Promise<ImportRun> {
    const run = await log.getImport(importId);
    if (!run) throw new AppError('NOT_FOUND', `there is no import ${importId}`);
    return run;
  }

  async function mustBeUnfinished(importId: string): Promise<ImportRun> {
    const run = await status(importId);
    if (isFinished(run.state)) throw new AppError('CONFLICT', `import ${importId} is ${run.state} already`);
    return run;
  }

  async function takeOwnership(run: ImportRun): Promise<void> {
    const dead = run.owner !== null && isDead(run.owner) ? run.owner : undefined;
    if (await log.own(run.id, owner, timing.ownMs, dead)) return;
    const { owner: other } = await status(run.id);
    throw new AppError('CONFLICT', `import ${run.id} is driven by ${other}`, { details: { owner: other } });
  }

  /** Everything a driver needs; `stop` aborts when the right to drive is lost. */
  async function jobOf(run: ImportRun, options: RunOptions, stop: AbortSignal): Promise<Job> {
    const source = await log.source(run.sourceId);
    const catalog = (await store.catalogs()).find(({ id }) => id === run.catalogId);
    if (!source || !catalog) throw new AppError('NOT_FOUND', `the catalog of import ${run.id} is gone`);
    const { signal, onProgress = () => {}, onFolderLeftOut = () => {}, isSettled = () => true, scope } = options;
    const both = signal ? AbortSignal.any([signal, stop]) : stop;
    const rules = rulesOf(source, deps.settings);
    return {
      ...deps,
      id: run.id,
      run,
      source,
      catalog,
      machine: naming.machine,
      timing,
      signal: both,
      onProgress,
      onFolderLeftOut,
      rules,
      isSettled,
      scope,
    };
  }

  async function setWorking(importId: string): Promise<void> {
    const { walked } = await status(importId);
    await log.setState(importId, walked ? 'draining' : 'walking');
  }

  /** Cancels what is in the queue, answers how much; lines whose task never got there are cancelled too. */
  async function sweepCancelled(importId: string): Promise<number> {
    const cancelled = await queue.cancel({ importId });
    await queue.setPaused(false, importId);
    await reconcile(deps, importId, ['open'], (lines) =>
      log.record(
        importId,
        lines.map(({ name }) => ({ name, outcome: 'cancelled' })),
      ),
    );
    await log.clearManifest(importId);
    const { catalogId } = await status(importId);
    const catalog = (await store.catalogs()).find(({ id }) => id === catalogId);
    if (catalog) await endBulkLoad({ id: importId, log, store, catalog });
    return cancelled;
  }

  async function runOwned(importId: string, options: RunOptions): Promise<void> {
    const stop = new AbortController();
    async function renew(): Promise<void> {
      try {
        if (await log.own(importId, owner, timing.ownMs)) return;
        stop.abort(new AppError('CONFLICT', `another process took import ${importId} over`));
      } catch (error) {
        stop.abort(error);
      }
    }
    const renewal = setInterval(() => void renew(), timing.ownMs / 3);
    try {
      const run = await status(importId);
      const job = await jobOf(run, options, stop.signal);
      if (run.state === 'waiting') {
        await lookAtSource(job); // its tasks rest until it is back
        await stopWaiting(deps, run);
      }
      await drive(job);
    } catch (error) {
      const failure = stop.signal.aborted ? stop.signal.reason : error;
      const appError = toAppError(failure);
      if (options.signal?.aborted && !stop.signal.aborted) return;
      if (appError.code !== 'CONFLICT') await startWaiting(deps, importId, appError);
      throw failure;
    } finally {
      clearInterval(renewal);
    }
  }

  const imports: Imports = {
    follow: (request, options) => follow(imports, request, options),

    async start({ catalogId, path, manifest, columns, priority = 'normal', rules, startedBy, sourceId }) {
      if (!(await store.catalogs()).some(({ id }) => id === catalogId)) {
        throw new AppError('NOT_FOUND', `there is no catalog ${catalogId}`);
      }
      if (sourceId !== undefined && (await log.sourceAt(catalogId, canonicalName(resolve(path))))?.id !== sourceId) {
        throw new AppError('NOT_FOUND', `${path} is no source any more`);
      }
      const source = await log.ensureSource({
        ...(await describeSource(log, catalogId, resolve(path), manifest, columns)),
        naming,
      });
      if (rules && !isDeepStrictEqual(rules, source.rules)) await log.setRules(source.id, rules);
      if (columns && !isDeepStrictEqual(columns, source.columns)) {
        const running = await log.unfinished(source.id);
        if (running) {
          throw new AppError(
            'CONFLICT',
            `import ${running.id} of ${source.path} reads other columns; finish or cancel it first`,
          );
        }
        await log.setColumns(source.id, columns);
      }
      const wanted = manifest === undefined ? null : resolve(manifest);
      const run = await log.openImport({ sourceId: source.id, catalogId, priority, manifest: wanted, startedBy });
      if (run.manifest !== wanted) {
        const other = run.manifest === null ? 'without a manifest' : `with the manifest ${run.manifest}`;
        throw new AppError(
          'CONFLICT',
          `import ${run.id} of ${source.path} goes on ${other}; finish or cancel it first`,
        );
      }
      await takeOwnership(run);
      if (run.state === 'paused') {
        await queue.setPaused(false, run.id);
        await setWorking(run.id);
      }
      return status(run.id);
    },

    async run(importId, options = {}) {
      const run = await status(importId);
      if (isFinished(run.state)) return run;
      if (driven.has(importId)) throw new AppError('CONFLICT', `import ${importId} is driven by this process already`);
      driven.add(importId);
      let latest = run;
      const onProgress = (now: ImportRun): void => {
        latest = now;
        options.onProgress?.(now);
      };
      async function attempt(): Promise<void> {
        await takeOwnership(await status(importId));
        await runOwned(importId, { ...options, onProgress });
      }
      try {
        await untilItPasses(attempt, timing, options, () => latest, onProgress);
      } finally {
        driven.delete(importId);
        await log.disown(importId, owner).catch((error: unknown) => {
          // Others take it over when its time has run out.
          if (!mayPass(toAppError(error))) throw error;
        });
      }
      const ended = await status(importId);
      if (ended.state === 'cancelled') await sweepCancelled(importId);
      const last = await status(importId);
      options.onProgress?.(last);
      return last;
    },

    async pause(importId) {
      await mustBeUnfinished(importId);
      await log.setState(importId, 'paused');
      await queue.setPaused(true, importId);
      return status(importId);
    },

    async resume(importId) {
      await mustBeUnfinished(importId);
      await queue.setPaused(false, importId);
      await setWorking(importId);
      return status(importId);
    },

    async cancel(importId) {
      await mustBeUnfinished(importId);
      await log.setState(importId, 'cancelled');
      return sweepCancelled(importId);
    },

    status,

    async sourceOf(importId) {
      const { sourceId } = await status(importId);
      const source = await log.source(sourceId);
      if (!source) throw new AppError('NOT_FOUND', `the source of import ${importId} is gone`);
      return source;
    },

    async refresh(importId) {
      await status(importId);
      await reconcile(deps, importId, ['open', 'failed', 'cancelled']);
      return status(importId);
    },

    list: (limit = 100) => log.listImports(limit),
  };
  return imports;
}

async function describeSource(
  log: ImportsDeps['log'],
  catalogId: string,
  path: string,
  manifest: string | undefined,
  columns: ManifestColumns | undefined,
): Promise<Pick<Source, 'catalogId' | 'kind' | 'root' | 'path'>> {
  const root = canonicalName(path);
  const known = await log.sourceAt(catalogId, root);
  const stats = await stat(path).catch(() => null);
  // A source that is away now keeps its import waiting; a path where nothing ever was is a slip of the pen.
  if (!stats && !known) throw new AppError('INVALID_INPUT', `${path}: there is no such file or folder`);
  const isManifest = stats ? stats.isFile() && isManifestName(path) : known?.kind === 'manifest';
  if (isManifest && manifest !== undefined) {
    throw new AppError('INVALID_INPUT', `${path} is a manifest itself; it takes no other one`);
  }
  const read = columns ?? known?.columns;
  if (isManifest && stats) await checkManifest(path, read);
  if (manifest !== undefined) await checkManifest(resolve(manifest), read);
  return { catalogId, kind: isManifest ? 'manifest' : 'folder', root, path };
}
