import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { findCatalog, type Catalog } from '../../../src-core/domain/catalog.ts';
import {
  DEFAULT_LEAST_SCORE,
  leastScore,
  type DuplicateScan,
  type HandChoice,
  type NotDuplicates,
} from '../../../src-core/domain/duplicates.ts';
import type { KeepRule } from '../../../src-core/domain/keep-rules.ts';
import type { DuplicateLog } from '../../../src-core/ports/duplicate-log.ts';
import type { Finder } from '../../../src-core/ports/finder.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import type { Images } from '../images.ts';
import { isDead } from '../imports/owner.ts';
import { findGroups, type Groups, type WhichGroups } from './groups.ts';
import { readMarks } from './marks.ts';
import { chooseIn, readGroup, recordsOf, type DuplicateGroup } from './read-group.ts';
import { createScanner } from './scanner.ts';

export interface GroupPage {
  scan: DuplicateScan;
  count: number;
  pictures: number;
  groups: DuplicateGroup[];
  /** Where the next page begins; null: that was the last. */
  next: number | null;
}

/** Duplicates of a catalog, which is given by its name or id. */
export interface Duplicates {
  /** Begins to compare all pictures of a catalog with each other. CONFLICT while that is being done. */
  start(catalog: string, leastScore: number | undefined, finder: Pick<Finder, 'similarPairs'>): Promise<DuplicateScan>;
  scan(scanId: string): Promise<DuplicateScan>;
  scans(catalog: string, limit: number): Promise<DuplicateScan[]>;
  cancel(scanId: string): Promise<DuplicateScan>;
  /** When a scan of this process has ended. */
  ended(scanId: string): Promise<DuplicateScan>;
  /** When a scan of this process is further, or `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  /** How many pictures were indexed since a scan began, new ones and others, and by how many there are fewer now. */
  changedSince(scan: DuplicateScan): Promise<{ indexed: number; fewer: number }>;
  /**
   * Of the last completed scan, the largest first. Pictures that have left the catalog are left out. NOT_FOUND where no
   * scan was completed, INVALID_INPUT for a score below that of the scan.
   */
  groups(catalog: string, which: WhichGroups, limit: number, after?: number): Promise<GroupPage>;
  /** The same groups one by one, each whole. Refuses before the first. */
  all(catalog: string, which: WhichGroups): Promise<AsyncGenerator<DuplicateGroup>>;
  /** How many pictures the rules mark, in all groups. */
  countMarked(catalog: string, which: WhichGroups, rules: readonly KeepRule[]): Promise<number>;
  /** Takes the marked ones out of the catalog; their files are left alone. CONFLICT unless they are `expected`. */
  removeMarked(catalog: string, which: WhichGroups, rules: readonly KeepRule[], expected: number): Promise<number>;
  /** What was chosen by hand, picture by picture, in the last completed scan. NOT_FOUND where there is none. */
  choices(catalog: string): Promise<Choices>;
  /** Chooses more, and takes choices back; those of other pictures stay. Answers all. */
  choose(catalog: string, changes: { choice: HandChoice | null; imageIds: readonly string[] }[]): Promise<Choices>;
  /**
   * No two of these are duplicates, or, with `oneId`, which is one of them, none of the others is one of it. Two or more, all
   * of this catalog; NOT_FOUND names one that is not.
   */
  addNot(catalog: string, imageIds: readonly string[], oneId?: string): Promise<NotDuplicates>;
  notDuplicates(catalog: string, limit: number, after?: string): Promise<NotDuplicates[]>;
  removeNot(id: string): Promise<NotDuplicates>;
  close(): Promise<void>;
}

/** By image id. */
export type Choices = ReadonlyMap<string, HandChoice>;

interface Deps {
  store: Pick<VectorStore, 'catalogs' | 'count' | 'get'>;
  log: DuplicateLog;
  images: Pick<Images, 'remove'>;
}

/** Pictures of a group that a page shows. */
const MOST_SHOWN = 200;
/** Scans among which the last completed one is looked for. */
const SCANS = 100;

export function createDuplicates({ store, log, images }: Deps): Duplicates {
  const scanner = createScanner(log);
  /** Of what was asked last: pages of it are turned, and its threshold is moved to and fro. */
  let last: { key: string; groups: Promise<Groups> } | null = null;

  const catalogOf = async (nameOrId: string): Promise<Catalog> => findCatalog(await store.catalogs(), nameOrId);

  async function lastOf({ id, name }: Catalog): Promise<DuplicateScan> {
    const scans = await log.scans(id, SCANS);
    const scan = scans.find(({ state }) => state === 'completed');
    if (!scan) throw new AppError('NOT_FOUND', `“${name}” was not looked through for duplicates yet`);
    return scan;
  }

  async function completed(catalog: Catalog, which: WhichGroups): Promise<DuplicateScan> {
    const scan = await lastOf(catalog);
    if (which.minScore < scan.leastScore) {
      const message = `the last scan kept pairs from ${scan.leastScore} on; for ${which.minScore} scan again`;
      throw new AppError('INVALID_INPUT', message, {
        details: { issues: [{ field: 'min_score', problem: `must be at least ${scan.leastScore}` }] },
      });
    }
    return scan;
  }

  async function groupsOf({ id, catalogId }: DuplicateScan, which: WhichGroups): Promise<Groups> {
    const { minScore, kind, hideSameProduct = false, acrossProducts = false } = which;
    const key = JSON.stringify([await log.stamp(id), minScore, kind, hideSameProduct, acrossProducts]);
    if (last?.key === key) return last.groups;
    const groups = readMarks(log, id, catalogId).then((areMarked) => findGroups(log, id, which, areMarked));
    last = { key, groups };
    groups.catch(() => {
      if (last?.groups === groups) last = null;
    });
    return groups;
  }

  /** What is gone is forgotten at the end: the places of groups must not change while pages are turned. */
  async function* eachOf(scan: DuplicateScan, which: WhichGroups): AsyncGenerator<DuplicateGroup> {
    const groups = await groupsOf(scan, which);
    const gone: string[] = [];
    for (let place = 0; place < groups.count; place++) {
      const read = await readGroup({ store, log }, scan, groups, place);
      for (const id of read.gone) gone.push(id);
      if (read.group) yield read.group;
    }
    if (gone.length > 0) await log.forget(scan.id, gone);
  }

  async function all(catalog: string, which: WhichGroups): Promise<AsyncGenerator<DuplicateGroup>> {
    return eachOf(await completed(await catalogOf(catalog), which), which);
  }

  async function countMarked(catalog: string, which: WhichGroups, rules: readonly KeepRule[]): Promise<number> {
    let count = 0;
    for await (const group of await all(catalog, which)) count += chooseIn(group, rules).marked.length;
    return count;
  }

  return {
    async start(nameOrId, least = DEFAULT_LEAST_SCORE, finder) {
      const catalog = await catalogOf(nameOrId);
      const score = parseOrThrow(leastScore, least, 'least_score');
      return scanner.start(catalog, await store.count(catalog.id), score, finder);
    },

    async scan(scanId) {
      await log.endDead(isDead);
      return log.scan(scanId);
    },

    async scans(nameOrId, limit) {
      await log.endDead(isDead);
      return log.scans((await catalogOf(nameOrId)).id, limit);
    },

    cancel: (scanId) => scanner.cancel(scanId),
    ended: (scanId) => scanner.ended(scanId),
    changed: (signal) => scanner.changed(signal),

    async changedSince({ catalogId, createdAt, total }) {
      const [indexed, now] = await Promise.all([
        store.count(catalogId, [{ field: 'indexedAt', range: { gt: createdAt } }]),
        store.count(catalogId),
      ]);
      return { indexed, fewer: Math.max(0, total - now) };
    },

    async groups(nameOrId, which, limit, after = 0) {
      const scan = await completed(await catalogOf(nameOrId), which);
      const found = await groupsOf(scan, which);
      const groups: DuplicateGroup[] = [];
      let place = after;
      for (; place < found.count && groups.length < limit; place++) {
        const { group } = await readGroup({ store, log }, scan, found, place, MOST_SHOWN);
        if (group) groups.push(group);
      }
      const next = place < found.count ? place : null;
      return { scan, count: found.count, pictures: found.pictures, groups, next };
    },

    all,
    countMarked,

    async removeMarked(catalog, which, rules, expected) {
      const { id } = await catalogOf(catalog);
      const marked: string[] = [];
      for await (const group of await all(catalog, which)) {
        marked.push(...chooseIn(group, rules).marked.map(({ record }) => record.imageId));
      }
      if (marked.length !== expected) {
        throw new AppError(
          'CONFLICT',
          `${marked.length} pictures are marked now, not ${expected}; nothing was removed`,
        );
      }
      for (const imageId of marked) await images.remove(imageId, id);
      return marked.length;
    },

    async choices(nameOrId) {
      return log.choices((await lastOf(await catalogOf(nameOrId))).id);
    },

    async choose(nameOrId, changes) {
      const { id } = await lastOf(await catalogOf(nameOrId));
      for (const { imageIds, choice } of changes) await log.choose(id, imageIds, choice);
      return log.choices(id);
    },

    async addNot(nameOrId, imageIds, oneId) {
      const { id, name } = await catalogOf(nameOrId);
      const wanted = [...new Set(imageIds)];
      if (wanted.length < 2) throw new AppError('INVALID_INPUT', 'image_ids: needs two pictures or more');
      if (oneId !== undefined && !wanted.includes(oneId)) {
        throw new AppError('INVALID_INPUT', `one_id: ${oneId} is none of image_ids`);
      }
      const known = await recordsOf(store, id, wanted);
      const unknown = wanted.find((imageId) => !known.has(imageId));
      if (unknown !== undefined) throw new AppError('NOT_FOUND', `“${name}” has no picture with the id ${unknown}`);
      return log.addNot(id, wanted, oneId ?? null);
    },

    async notDuplicates(nameOrId, limit, after) {
      return log.notDuplicates((await catalogOf(nameOrId)).id, limit, after);
    },

    removeNot: (id) => log.removeNot(id),
    close: () => scanner.close(),
  };
}
