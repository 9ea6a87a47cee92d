import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openImports, openQueue, openStore } from '../../src-core/open-backends.ts';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { corpus, CORPORA } from './index/corpus.ts';
import { printReport, writeJson } from './report.ts';

const HELP = `npm run bench -- follow [OPTIONS]

  --count N     pictures, 64-pixel PNGs (default: 20000)

A folder is imported, renamed at its top and imported again; then all names in its manifest change. Exit code 1 when a
picture was read, a record is wrong, a ghost was left, or the rename took a tenth of the first import or more.`;

const CACHE = resolve(import.meta.dirname, '../../.cache/bench');
const PROGRAM = resolve(import.meta.dirname, '../../bin/imagefleet');
/** The rename may take this share of the first import. */
const LIMIT = 0.1;

/** What following a folder costs when nothing has to be read; see HELP. */
export async function benchFollow(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string', default: '20000' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const count = Number(values.count);
  await mkdir(CACHE, { recursive: true });
  const made = await corpus(CACHE, CORPORA['png-small']!, count);
  const dir = await mkdtemp(join(tmpdir(), 'imagefleet-follow-'));
  // Hard links, on the file system of the corpus: nothing is copied.
  const root = join(CACHE, `follow-${process.pid}`);
  await mkdir(join(root, 'before'), { recursive: true });
  try {
    for (const file of await readdir(made)) await link(join(made, file), join(root, 'before', file));
    const rows = await follow(dir, root, count);
    printReport({ title: `Following a folder of ${count} pictures`, rows });
    await writeJson('follow', rows);
    if (rows.some(({ wrong }) => wrong > 0) || rows[1]!['/ first'] >= LIMIT) process.exitCode = 1;
  } finally {
    await rm(root, { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
  }
}

async function follow(dir: string, root: string, count: number) {
  const dataDir = join(dir, 'data');
  const rows: { what: string; seconds: number; '/ first': number; tasks: number; ghosts: number; wrong: number }[] = [];
  let tasks = 0;
  async function step(what: string, more: string[], folder: string, nameOf: (n: number) => string | undefined) {
    const began = performance.now();
    await index(['index', root, '--data-dir', dataDir, '--json', ...more]);
    const seconds = (performance.now() - began) / 1_000;
    const seen = await look(dataDir, join(root, folder), count, nameOf);
    rows.push({
      what,
      seconds: Number(seconds.toFixed(2)),
      '/ first': Number((seconds / (rows[0]?.seconds ?? seconds)).toFixed(3)),
      tasks: seen.enqueued - tasks,
      ghosts: seen.ghosts,
      wrong: seen.wrong + seen.ghosts + (rows.length > 0 ? seen.enqueued - tasks : 0),
    });
    tasks = seen.enqueued;
    console.error(`${what}: ${seconds.toFixed(1)} s`);
  }

  await step('first import', [], 'before', () => undefined);
  await rename(join(root, 'before'), join(root, 'after'));
  await step('renamed at its top', [], 'after', () => undefined);
  for (const said of ['spring', 'summer']) {
    const manifest = join(dir, 'facts.csv');
    const files = (await readdir(join(root, 'after'))).toSorted();
    const lines = files.map((file, n) => `${join(root, 'after', file)},${said} ${n}`);
    await writeFile(manifest, `path,name\n${lines.join('\n')}\n`);
    await step(`a manifest: ${count} names (${said})`, ['--manifest', manifest], 'after', (n) => `${said} ${n}`);
  }
  return rows;
}

async function index(args: string[]): Promise<void> {
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`imagefleet ${args.join(' ')} ended with ${code}`);
}

/** What the backends hold: tasks ever made, records of files that are not in the folder, and records that are wrong. */
async function look(
  root: string,
  folder: string,
  count: number,
  nameOf: (n: number) => string | undefined,
): Promise<{ enqueued: number; ghosts: number; wrong: number }> {
  const settings = settingsSchema.parse({});
  const dataDir = await openDataDir(root);
  const [queue, store, log] = [
    await openQueue(settings, dataDir),
    await openStore(settings, dataDir),
    await openImports(dataDir),
  ];
  try {
    const wanted = new Map((await readdir(folder)).toSorted().map((file, n) => [join(folder, file), nameOf(n)]));
    const [catalog] = await store.catalogs();
    let [ghosts, right] = [0, 0];
    for (let after: string | undefined; ;) {
      const page = await store.scroll(catalog!.id, 1_000, after);
      for (const { record } of page) {
        if (!wanted.has(record.canonicalName)) ghosts++;
        else if (record.missingSince === null && record.name === wanted.get(record.canonicalName)) right++;
      }
      after = page.at(-1)?.record.imageId;
      if (after === undefined) break;
    }
    const known = await log.countKnown(catalog!.id, { missing: false });
    return {
      enqueued: (await queue.stats()).totals.enqueued,
      ghosts,
      wrong: count - right + Math.abs(count - known),
    };
  } finally {
    await Promise.all([queue.close(), store.close(), log.close()]);
  }
}
