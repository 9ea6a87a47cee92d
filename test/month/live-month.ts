import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openFinder, openImports, openStore } from '../../src-core/open-backends.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import { discovered, NO_RULES, type SourceRules } from '../../src-core/domain/import.ts';
import type { ImportLog } from '../../src-core/ports/import-log.ts';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { randomFrom } from '../support/random.ts';
import { checkMonth, type CheckRequest, type Held } from './check.ts';
import { documentOf, killGroup, runsUntil, start } from './command.ts';
import { listFolder } from './listing.ts';

const CATALOG = 'default';

export interface Expected {
  facts?: ReadonlyMap<string, Partial<ImageRecord>>;
  away?: readonly string[];
  moreLines?: readonly string[];
}

/**
 * A catalog over a folder, driven by the real command line. Every import is done by a host that is killed in its middle
 * with all its workers, then by one that ends; then folder, ledger, store and search are compared.
 */
export async function openLiveMonth(dir: string, seed: number) {
  const settings = settingsSchema.parse({});
  const data = join(dir, 'data');
  await mkdir(data, { recursive: true });
  const dataDir = await openDataDir(data);
  const [log, store] = [await openImports(dataDir), await openStore(settings, dataDir)];
  const finder = await openFinder(settings, dataDir, store);
  onTestFinished(async () => {
    await finder.close();
    await Promise.all([log.close(), store.close()]);
  });
  const random = randomFrom(seed);
  let held: Held = new Map();
  const kills = { done: 0, tooLate: 0 };
  /** A file that nobody changes, by the hash of its bytes: to search for pictures that are missing. */
  const library = new Map<string, string>();

  const month = {
    root: join(dir, 'pictures'),
    rules: NO_RULES as SourceRules,
    data,
    log,
    kills,
    random,
    library,
    get held(): Held {
      return held;
    },
    /** Takes out of what was held what left the catalog by a question. */
    forget(left: (name: string, record: ImageRecord) => boolean): void {
      held = new Map([...held].filter(([name, record]) => !left(name, record)));
    },
    /** The catalog holds the same under another root. */
    moveHeld(from: string, to: string): void {
      held = new Map([...held].map(([name, record]) => [name.replace(from, to), record]));
    },
    catalogId: async (): Promise<string> => (await store.catalogs()).find(({ name }) => name === CATALOG)!.id,

    /** Runs a command that is killed when `inItsMiddle`, then runs it to its end. */
    async outlive(args: readonly string[], inItsMiddle: () => Promise<boolean>): Promise<Record<string, unknown>> {
      const doomed = start(data, args);
      if (await runsUntil(doomed, inItsMiddle)) kills.done++;
      else kills.tooLate++;
      await killGroup(doomed);
      return documentOf(start(data, args));
    },

    async import(expected: Expected = {}, more: readonly string[] = []): Promise<void> {
      const last = (await log.listImports(1))[0]?.id;
      const share = 0.2 + random.uniform() * 0.6;
      await month.outlive(['index', month.root, '--workers', '2', ...more], async () => {
        const run = await newImport(log, last);
        if (!run) return false;
        return run.counts.indexed > 0 || discovered(run.counts) >= share * held.size;
      });
      await month.check(expected, last);
    },

    /** Of the oldest import since `last`: one that was killed after its end is that one. */
    async check({ facts, away, moreLines }: Expected = {}, last?: string): Promise<void> {
      const runs = await log.listImports(100);
      const since = runs.findIndex(({ id }) => id === last);
      const importId = runs[(since < 0 ? runs.length : since) - 1]!.id;
      const catalogId = await month.catalogId();
      const listing = await listFolder(month.root, month.rules);
      const request: CheckRequest = { log, store, catalogId, importId, listing, before: held, killed: true };
      const checked = await checkMonth({
        ...request,
        ...(facts && { facts }),
        ...(away && { away }),
        ...(moreLines && { moreLines }),
      });
      expect(checked.problems.slice(0, 20)).toEqual([]);
      held = checked.held;
      await checkSearch();
    },
  };

  /** Stored pictures find themselves at their new paths; missing ones are found with their mark. */
  async function checkSearch(): Promise<void> {
    const records = [...held.values()];
    const gone = records.filter(({ missingSince }) => missingSince !== null);
    const here = records.filter(({ missingSince }) => missingSince === null);
    for (const some of [here, here, gone]) {
      const record = some[random.below(Math.max(1, some.length))];
      if (!record) continue;
      // Its own file, unless that is gone or its drive is away.
      const path = existsSync(record.path) ? record.path : library.get(record.contentHash)!;
      const { hits } = await finder.find({ catalog: CATALOG, like: [{ path }], limit: 1_000, minScore: 0.99 });
      const hit = hits.find(({ record: found }) => found.canonicalName === record.canonicalName);
      expect({ path, record: hit?.record }).toEqual({ path, record });
      expect(hit!.score).toBeGreaterThan(0.999);
    }
  }

  return month;
}

export type LiveMonth = Awaited<ReturnType<typeof openLiveMonth>>;

async function newImport(log: ImportLog, last: string | undefined) {
  const [run] = await log.listImports(1);
  return run && run.id !== last ? run : null;
}
