/** One measurement over a tree: `walk-child.ts walk|import ROOT FOLDER`; sends a WalkRun. */
import { join, resolve } from 'node:path';
import { openSqliteImports } from '../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { canonicalName, imageIdOf } from '../../src-core/domain/identity.ts';
import type { KnownFile } from '../../src-core/ports/import-log.ts';
import { walk } from '../../src-core/files/walk.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { createImports } from '../../src-main/services/imports/imports.ts';

export interface WalkRun {
  files: number;
  seconds: number;
  cpuSeconds: number;
  /** Resident memory at a tenth, at half and at the end, in MiB. */
  memory: [number, number, number];
  importId: string | null;
}

const MIB = 2 ** 20;
const REMEMBERED_AT_A_TIME = 5_000;

const [what = '', root = '', folder = '', total = '0'] = process.argv.slice(2);
const marks: number[] = [];
let files = 0;

function count(upTo: number): void {
  files = upTo;
  const due = [0.1, 0.5, 1].filter((share) => files >= share * Number(total)).length;
  while (marks.length < due) marks.push(Math.round(process.memoryUsage().rss / MIB));
}

async function measured(work: () => Promise<string | null>): Promise<void> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const importId = await work();
  const { user, system } = process.cpuUsage(cpu);
  process.send!({
    files,
    seconds: (performance.now() - began) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    memory: [marks[0] ?? 0, marks[1] ?? 0, marks[2] ?? Math.round(process.memoryUsage().rss / MIB)],
    importId,
  } satisfies WalkRun);
}

if (what === 'walk') {
  await measured(async () => {
    let found = 0;
    for await (const { kind } of walk(resolve(root))) if (kind === 'file') count(++found);
    return null;
  });
} else {
  const settings = settingsSchema.parse({});
  const log = await openSqliteImports({ path: join(folder, 'imports.db') });
  const queue = await openSqliteQueue({ path: join(folder, 'queue.db'), settings });
  const store = await openSqliteVectors({ path: join(folder, 'vectors.db') });
  const catalog = await store.ensureCatalog({ name: 'default', model: 'none', dimension: 4 });
  const imports = createImports({ log, queue, store, settings });
  const run = await imports.start({ catalogId: catalog.id, path: root });
  await rememberAll(run.sourceId);
  await measured(async () => {
    await imports.run(run.id, { onProgress: ({ counts }) => count(counts.skipped) });
    return run.id;
  });

  /** As if all had been indexed before: then no worker is needed. */
  async function rememberAll(sourceId: string): Promise<void> {
    let some: KnownFile[] = [];
    for await (const item of walk(resolve(root))) {
      if (item.kind !== 'file') continue;
      const { path, bytes, mtimeMs, inode } = item;
      const name = canonicalName(path);
      const imageId = imageIdOf(catalog.id, name);
      const known = { name, path, sourceId, imageId, bytes, mtimeMs, inode, contentHash: imageId, model: 'none' };
      some.push({ ...known, missingSince: null });
      if (some.length < REMEMBERED_AT_A_TIME) continue;
      await log.remember(catalog.id, some);
      some = [];
    }
    await log.remember(catalog.id, some);
  }
  await Promise.all([log.close(), queue.close(), store.close()]);
}
