/** One step over a tree: `walk-child.ts walk|remember|import ROOT DATA_DIR FILES`; sends a WalkRun. */
import { join } from 'node:path';
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
  /** Resident memory, in MiB, with no garbage in it: at a tenth, at half and at the end. */
  held: number[];
  /** Largest resident memory, in MiB, garbage and all. */
  peak: number;
  importId: string | null;
}

const REMEMBERED_AT_A_TIME = 5_000;

const [what = '', root = '', dataDir = '', total = '0'] = process.argv.slice(2);
const [cpu, began] = [process.cpuUsage(), performance.now()];
const held: number[] = [];
let files = 0;
let importId: string | null = null;

function count(upTo: number): void {
  files = upTo;
  const due = [0.1, 0.5, 1].filter((share) => files >= share * Number(total)).length;
  if (held.length === due) return;
  globalThis.gc!();
  while (held.length < due) held.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
}

async function walkAll(): Promise<void> {
  for await (const { kind } of walk(root)) if (kind === 'file') count(files + 1);
}

async function openBackends() {
  const settings = settingsSchema.parse({});
  const log = await openSqliteImports({ path: join(dataDir, 'imports.db') });
  const queue = await openSqliteQueue({ path: join(dataDir, 'queue.db'), settings });
  const store = await openSqliteVectors({ path: join(dataDir, 'vectors.db') });
  const catalog = await store.ensureCatalog({ name: 'default', model: 'none', dimension: 4 });
  const close = (): Promise<unknown> => Promise.all([log.close(), queue.close(), store.close()]);
  return { settings, log, queue, store, catalog, close };
}

/** As if all had been indexed before: then no worker is needed. */
async function rememberAll(): Promise<void> {
  const { log, catalog, close } = await openBackends();
  const { id } = await log.ensureSource({
    catalogId: catalog.id,
    kind: 'folder',
    root: canonicalName(root),
    path: root,
  });
  let some: KnownFile[] = [];
  for await (const item of walk(root)) {
    if (item.kind !== 'file') continue;
    const { path, bytes, mtimeMs, inode } = item;
    const name = canonicalName(path);
    const imageId = imageIdOf(catalog.id, name);
    const known = { name, path, sourceId: id, imageId, bytes, mtimeMs, inode, contentHash: imageId, model: 'none' };
    some.push({ ...known, missingSince: null });
    if (some.length < REMEMBERED_AT_A_TIME) continue;
    await log.remember(catalog.id, some);
    some = [];
  }
  await log.remember(catalog.id, some);
  await close();
}

async function importAll(): Promise<void> {
  const { settings, log, queue, store, catalog, close } = await openBackends();
  const imports = createImports({ log, queue, store, settings });
  const run = await imports.start({ catalogId: catalog.id, path: root });
  importId = run.id;
  await imports.run(run.id, { onProgress: ({ counts }) => count(counts.skipped) });
  await close();
}

const steps: Record<string, () => Promise<void>> = { walk: walkAll, remember: rememberAll, import: importAll };
await steps[what]!();
const { user, system } = process.cpuUsage(cpu);
process.send!({
  files,
  seconds: (performance.now() - began) / 1_000,
  cpuSeconds: (user + system) / 1e6,
  held,
  peak: Math.round(process.resourceUsage().maxRSS / 1_024),
  importId,
} satisfies WalkRun);
