import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { createLogger } from '../../src-core/telemetry/log.ts';
import { createFinderClient } from '../../src-main/fleet/finder-client.ts';
import { createForkHost } from '../../src-main/fleet/process-host.ts';
import { emoji, SKIN_TONE } from './emoji-files.ts';
import { printReport, type ReportRow, writeJson } from './report.ts';

const HELP = `npm run bench -- emoji

The main job on thousands of real files, with the built program: Google's 64-pixel emoji are indexed by two workers,
indexed again, and each of Apple's is searched among them by the finder process; the right answer has the same name.
"without skin tones": those alone, searched in a catalog of their own.`;

const OUT = resolve(import.meta.dirname, '../../out/main');

interface Summary {
  discovered: number;
  completed: number;
  skipped: number;
  failed: number;
  duration_seconds: number;
}

export async function benchEmoji(args: string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(HELP);
    return;
  }
  const [google, apple] = [await emoji('google'), await emoji('apple')];
  const dataDir = await mkdtemp(join(tmpdir(), 'imagefleet-emoji-'));
  try {
    const files = (await readdir(google)).length;
    const first = await index(google, dataDir);
    const second = await index(google, dataDir);
    const imports = [first, second].map((run, i) => ({
      run: i === 0 ? 'first' : 'second',
      files,
      discovered: run.discovered,
      completed: run.completed,
      skipped: run.skipped,
      failed: run.failed,
      seconds: run.duration_seconds,
      '/ first': Number((run.duration_seconds / first.duration_seconds).toFixed(3)),
    }));
    printReport({ title: 'Indexing Google’s emoji', rows: imports });
    const plain = await copyPlain(google, join(dataDir, 'plain'));
    await index(plain, dataDir, 'plain');
    const searches = await search(apple, { all: google, plain }, dataDir);
    printReport({ title: 'Searching Apple’s among them', rows: searches });
    await writeJson('emoji', { imports, searches });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function index(folder: string, dataDir: string, catalog = 'all'): Promise<Summary> {
  const args = [
    join(OUT, 'cli.js'),
    'index',
    folder,
    '--data-dir',
    dataDir,
    '--workers',
    '2',
    '--json',
    '--catalog',
    catalog,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`index ended with ${code}: ${output}`);
  return JSON.parse(output) as Summary;
}

/** The pictures without skin tones, in a folder of their own. */
async function copyPlain(from: string, to: string): Promise<string> {
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => !SKIN_TONE.test(name));
  await Promise.all(names.map((name) => copyFile(join(from, name), join(to, name))));
  return to;
}

/** Searches each catalog; this process is the host, whose event loop must stay free meanwhile. */
async function search(apple: string, catalogs: Record<string, string>, dataDir: string): Promise<ReportRow[]> {
  const settings = settingsSchema.parse({});
  const log = createLogger({ proc: 'bench', level: 'warn', format: 'pretty' });
  const finder = createFinderClient({ host: createForkHost(), entry: join(OUT, 'finder.js'), settings, dataDir, log });
  const rows: ReportRow[] = [];
  try {
    for (const [catalog, google] of Object.entries(catalogs)) {
      const indexed = new Set(await readdir(google));
      const names = (await readdir(apple)).filter((name) => indexed.has(name)).toSorted();
      const find = (name: string) => finder.find({ catalog, like: [{ path: join(apple, name) }], limit: 10 });
      await find(names[0]!);
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const startedAt = performance.now();
      const places: number[] = [];
      for (const name of names)
        places.push((await find(name)).hits.findIndex(({ record }) => record.fileName === name));
      const eachMs = (performance.now() - startedAt) / names.length;
      delay.disable();
      rows.push({
        emoji: catalog === 'all' ? 'all' : 'without skin tones',
        queries: names.length,
        'recall@1': shareWithin(places, 1),
        'recall@10': shareWithin(places, 10),
        'ms each': Number(eachMs.toFixed(1)),
        'host blocked, ms at most': Number((delay.max / 1e6).toFixed(1)),
      });
    }
  } finally {
    await finder.close();
  }
  return rows;
}

/** Of the places of the right answers, from 0; -1 is not found. */
function shareWithin(places: readonly number[], k: number): number {
  return Number((places.filter((place) => place >= 0 && place < k).length / places.length).toFixed(3));
}
