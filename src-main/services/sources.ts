import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../src-core/domain/app-error.ts';
import { canonicalName, isUnder } from '../../src-core/domain/identity.ts';
import type { ImportRun, ImportState, Source, SourceRules } from '../../src-core/domain/import.ts';
import { nameInStore, OWN_NAMES, type Naming } from '../../src-core/domain/naming.ts';
import { canonicalNameOf, placeOf } from '../../src-core/domain/path-map.ts';
import { OPEN_STATES } from '../../src-core/domain/task.ts';
import { pagesOf } from '../../src-core/domain/pages.ts';
import { isInside } from '../../src-core/files/is-inside.ts';
import { isAbsent, isNoFile, lookAtRoot } from '../../src-core/files/look.ts';
import type { ImportLog, KnownFile, WhichKnown } from '../../src-core/ports/import-log.ts';
import type { QueueOperator } from '../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import type { Settings } from '../../src-core/settings/schema.ts';
import { knownAs, takeOver, type Rename } from './imports/renames.ts';
import { rulesOf } from './imports/rules-of.ts';

export interface SourceSummary extends Source {
  catalog: string;
  /** Pictures that are known of it, the missing ones included. */
  pictures: number;
  missing: number;
  /** That wait or run, by finished imports. */
  openTasks: number;
  /** When the newest import that saw all of it began; null where none did. */
  scannedAt: number | null;
}

/**
 * Where catalogs come from. What takes pictures out of a catalog first says how many (`leftOut`, `count`), and does it
 * only for the number that was said: INVALID_INPUT when it is another by now. Picture files are never touched.
 */
export interface Sources {
  list(catalogId?: string): Promise<SourceSummary[]>;
  /** By its folder, manifest or id. NOT_FOUND names those that there are. */
  get(pathOrId: string, catalogId: string): Promise<SourceSummary>;
  /** The source of this path; null when nothing was imported from there yet. */
  at(path: string, catalogId: string): Promise<Source | null>;
  /** Answers what the store calls a folder: as the source that it lies in names it, else as a new source would. */
  namer(): Promise<(folder: string) => string>;
  /** How many tasks of it wait or run, by finished imports: those of pictures that `rules` leave out, else all. */
  openTasks(source: Source, rules?: SourceRules): Promise<number>;
  /** How many pictures would leave the catalog by these rules. */
  leftOut(source: Source, rules: SourceRules): Promise<number>;
  /**
   * Sets the rules, takes out the pictures that they leave out and cancels their tasks, for the number of both. Answers how
   * many tasks. CONFLICT while it is imported.
   */
  setRules(source: Source, rules: SourceRules, expected: number): Promise<number>;
  /** Whether whoever serves this data dir takes its changes in as they happen. */
  setWatch(source: Source, watch: boolean): Promise<void>;
  /** Takes the source and all its pictures out, and cancels its tasks; as `setRules`. */
  remove(source: Source, expected: number): Promise<number>;
  /**
   * The source lies at another path now: its records go over whole; no picture is read. Answers how many. May be done
   * again after a crash. INVALID_INPUT when nothing of it lies there, CONFLICT when another source does.
   */
  move(source: Source, to: string): Promise<number>;
  /** Missing pictures of a catalog, or below one folder of it. */
  countMissing(catalogId: string, folder?: string): Promise<number>;
  /** Takes the missing pictures out that are missing still; answers how many. */
  prune(catalogId: string, folder: string | undefined, expected: number): Promise<number>;
}

interface Deps {
  log: ImportLog;
  store: VectorStore;
  queue: Pick<QueueOperator, 'list' | 'cancel'>;
  settings: Pick<Settings, 'imports'>;
  /** Of new sources. Default: names of this machine alone. */
  naming?: Naming;
}

const PAGE = 500;
/** Imports among which the newest of each source is looked for. */
const NEWEST = 1_000;
/** Past its walk. One that ended otherwise may not have seen all. */
const SCANNED: ReadonlySet<ImportState> = new Set(['draining', 'completed']);
/** Files that are looked for at a source's new place before anything is changed. */
const SAMPLE = 200;

export function createSources({ log, store, queue, settings, naming = OWN_NAMES }: Deps): Sources {
  const knownPages = (catalogId: string, which: WhichKnown): AsyncGenerator<KnownFile[]> =>
    pagesOf((cursor) => log.known(catalogId, which, PAGE, cursor));

  async function summary(
    source: Source,
    catalogs: ReadonlyMap<string, string>,
    runs: readonly ImportRun[],
  ): Promise<SourceSummary> {
    const { id: sourceId, catalogId } = source;
    return {
      ...source,
      catalog: catalogs.get(catalogId) ?? catalogId,
      pictures: await log.countKnown(catalogId, { sourceId }),
      missing: await log.countKnown(catalogId, { sourceId, missing: true }),
      openTasks: await openTasks(source),
      scannedAt: runs.find((run) => run.sourceId === sourceId && SCANNED.has(run.state))?.createdAt ?? null,
    };
  }

  async function list(catalogId?: string): Promise<SourceSummary[]> {
    const catalogs = new Map((await store.catalogs()).map(({ id, name }) => [id, name]));
    // A catalog that was dropped has no sources any more.
    const sources = (await log.sources(catalogId)).filter((source) => catalogs.has(source.catalogId));
    const runs = await log.listImports(NEWEST);
    return Promise.all(sources.map((source) => summary(source, catalogs, runs)));
  }

  async function refuseWhileImported({ id, path }: Source): Promise<void> {
    const running = await log.unfinished(id);
    if (!running) return;
    throw new AppError('CONFLICT', `import ${running.id} of ${path} is not finished; finish or cancel it first`, {
      details: { importId: running.id },
    });
  }

  async function* picturesLeftOut(source: Source, rules: SourceRules): AsyncGenerator<KnownFile[]> {
    if (source.kind === 'manifest') return; // its lines are the rules
    const { ofAny } = rulesOf({ ...source, rules }, settings);
    for await (const files of knownPages(source.catalogId, { sourceId: source.id })) {
      // A source that is one file was named by somebody: no rule leaves it out.
      const out = files.filter(({ name, path }) => name !== source.root && ofAny(path) !== null);
      if (out.length > 0) yield out;
    }
  }

  /** Pages of ids. A task of a finished import waits again when somebody has retried it. */
  async function* openTaskPages(source: Source, rules?: SourceRules): AsyncGenerator<string[]> {
    if (rules && source.kind === 'manifest') return;
    const out = rules && rulesOf({ ...source, rules }, settings);
    for (const importId of await log.unsettled(source.id)) {
      const filter = { importId, states: [...OPEN_STATES] };
      for await (const tasks of pagesOf((cursor) => queue.list(filter, PAGE, cursor))) {
        const leaving = tasks.filter(({ payload }) => !out || out.ofAny(String(payload.path)) !== null);
        if (leaving.length > 0) yield leaving.map(({ id }) => id);
      }
    }
  }

  async function openTasks(source: Source, rules?: SourceRules): Promise<number> {
    let count = 0;
    for await (const ids of openTaskPages(source, rules)) count += ids.length;
    return count;
  }

  async function cancelTasks(source: Source, rules?: SourceRules): Promise<number> {
    let cancelled = 0;
    for await (const ids of openTaskPages(source, rules)) cancelled += await queue.cancel({ ids });
    return cancelled;
  }

  async function leftOut(source: Source, rules: SourceRules): Promise<number> {
    let count = 0;
    for await (const files of picturesLeftOut(source, rules)) count += files.length;
    return count;
  }

  /** From the store first: what is still known after a crash is taken out by the next try. */
  async function takeOut(catalogId: string, files: readonly KnownFile[]): Promise<void> {
    if (files.length === 0) return;
    await store.delete(catalogId, { imageIds: files.map(({ imageId }) => imageId) });
    await log.forget(
      catalogId,
      files.map(({ name }) => name),
    );
  }

  async function sampleAt(source: Source, which: WhichKnown, place: (path: string) => string): Promise<void> {
    const { items } = await log.known(source.catalogId, { ...which, missing: false }, SAMPLE);
    if (items.length === 0) return;
    const there = await Promise.all(items.map(({ path }) => isAbsent(place(path)).then((absent) => !absent)));
    if (there.includes(true)) return;
    throw new AppError(
      'INVALID_INPUT',
      `none of ${items.length} pictures of ${source.path} lies there, such as ${place(items[0]!.path)}`,
    );
  }

  /** What a manifest names no more is gone, though its file may lie where it did. */
  async function isBack({ sourceId, path }: KnownFile): Promise<boolean> {
    const source = await log.source(sourceId);
    return source?.kind !== 'manifest' && !(await isNoFile(path));
  }

  return {
    list,

    async get(pathOrId, catalogId) {
      const all = await list(catalogId);
      const root = canonicalName(resolve(pathOrId));
      const found = all.find((source) => source.id === pathOrId) ?? all.find((source) => source.root === root);
      if (found) return found;
      const known = all.map(({ path }) => path).join(', ') || 'there is none';
      throw new AppError('NOT_FOUND', `there is no source ${pathOrId} in this catalog; sources: ${known}`);
    },

    at: (path, catalogId) => log.sourceAt(catalogId, canonicalName(resolve(path))),

    async namer() {
      const all = await log.sources();
      return (folder) => {
        const name = canonicalNameOf(folder);
        const covering = all.filter(({ root }) => isUnder(name, root));
        const source = covering.toSorted((a, b) => b.root.length - a.root.length)[0];
        if (!source && placeOf(name, naming.folders) !== null) return name;
        return nameInStore(source?.naming ?? naming, name);
      };
    },

    openTasks,

    leftOut,

    async setRules(source, rules, expected) {
      await refuseWhileImported(source);
      mustBe(await leftOut(source, rules), await openTasks(source, rules), expected);
      // First, so that nothing that is taken out comes in again.
      await log.setRules(source.id, rules);
      const cancelled = await cancelTasks(source, rules);
      for await (const files of picturesLeftOut(source, rules)) await takeOut(source.catalogId, files);
      return cancelled;
    },

    setWatch: ({ id }, watch) => log.setWatch(id, watch),

    async remove(source, expected) {
      await refuseWhileImported(source);
      mustBe(await log.countKnown(source.catalogId, { sourceId: source.id }), await openTasks(source), expected);
      const cancelled = await cancelTasks(source);
      for await (const files of knownPages(source.catalogId, { sourceId: source.id })) {
        await takeOut(source.catalogId, files);
      }
      await log.removeSource(source.id);
      return cancelled;
    },

    async move(source, to) {
      await refuseWhileImported(source);
      const path = resolve(to);
      const root = canonicalName(path);
      await lookAtRoot(path).catch((error: unknown) => {
        throw new AppError('INVALID_INPUT', (error as Error).message, { cause: error });
      });
      if (root === source.root) {
        await log.setMounts(source.id, []);
        return 0;
      }
      if (isInside(source.path, path) || isInside(path, source.path)) {
        throw new AppError('INVALID_INPUT', `${path} and ${source.path} lie in one another; import ${path} anew`);
      }
      if (await log.sourceAt(source.catalogId, root)) {
        throw new AppError('CONFLICT', `the catalog has a source at ${path} already`);
      }
      const isManifest = source.kind === 'manifest';
      const [oldFolder, newFolder] = isManifest ? [dirname(source.path), dirname(path)] : [source.path, path];
      const place = (old: string): string => join(newFolder, old.slice(oldFolder.length));
      // After a crash some of them have their new names already.
      const which = { sourceId: source.id, under: canonicalName(oldFolder) };
      await sampleAt(source, which, place);
      let moved = 0;
      for await (const files of knownPages(source.catalogId, which)) {
        const renames = await Promise.all(files.map((from) => renameTo(from, place(from.path))));
        await takeOver({ log, store }, source.catalogId, source.naming, null, renames);
        await log.rename(
          source.catalogId,
          renames.map((rename) => ({ from: rename.from.name, to: knownAs(rename, source.catalogId, source.naming) })),
        );
        moved += renames.length;
      }
      await log.setMounts(source.id, []);
      await log.moveSource(source.id, { root, path });
      return moved;
    },

    countMissing: (catalogId, folder) => log.countKnown(catalogId, missingBelow(folder)),

    async prune(catalogId, folder, expected) {
      mustBe(await log.countKnown(catalogId, missingBelow(folder)), 0, expected);
      let pruned = 0;
      for await (const files of knownPages(catalogId, missingBelow(folder))) {
        const back = await Promise.all(files.map(isBack));
        const gone = files.filter((_, at) => !back[at]);
        await takeOut(catalogId, gone);
        pruned += gone.length;
      }
      return pruned;
    },
  };
}

function missingBelow(folder: string | undefined): WhichKnown {
  return { missing: true, ...(folder !== undefined && { under: canonicalName(resolve(folder)) }) };
}

/** The file's inode at its new place, by which it is known again when it is renamed there. */
async function renameTo(from: KnownFile, path: string): Promise<Rename> {
  const inode = await stat(path).then(
    ({ ino }) => ino,
    () => null,
  );
  const { sourceId, missingSince } = from;
  return { from: { ...from, inode }, to: { name: canonicalName(path), path, sourceId, missingSince } };
}

function mustBe(images: number, tasks: number, expected: number): void {
  if (images + tasks === expected) return;
  const cancelled = tasks === 0 ? '' : ` and cancel ${tasks} tasks`;
  throw new AppError('INVALID_INPUT', `it would take out ${images} pictures${cancelled} now, not ${expected}`, {
    details: { images, ...(tasks > 0 && { tasks }) },
  });
}
