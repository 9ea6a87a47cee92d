import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
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
indexed again, and each of Apple's is searched among them by the finder process; the right answer has the same name.`;

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
    const searches = await search(apple, new Set(await readdir(google)), dataDir);
    printReport({ title: 'Searching Apple’s among them', rows: searches });
    await writeJson('emoji', { imports, searches });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function index(folder: string, dataDir: string): Promise<Summary> {
  const args = [join(OUT, 'cli.js'), 'index', folder, '--data-dir', dataDir, '--workers', '2', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`index ended with ${code}: ${output}`);
  return JSON.parse(output) as Summary;
}

/** recall@1 and @10, and what it cost: this process is the host, whose event loop must stay free meanwhile. */
async function search(folder: string, indexed: ReadonlySet<string>, dataDir: string): Promise<ReportRow[]> {
  const names = (await readdir(folder)).filter((name) => indexed.has(name)).toSorted();
  const settings = settingsSchema.parse({});
  const log = createLogger({ proc: 'bench', level: 'warn', format: 'pretty' });
  const finder = createFinderClient({ host: createForkHost(), entry: join(OUT, 'finder.js'), settings, dataDir, log });
  const find = (name: string) => finder.find({ catalog: 'default', like: [{ path: join(folder, name) }], limit: 10 });
  const hits: { name: string; place: number }[] = [];
  try {
    await find(names[0]!);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedAt = performance.now();
    for (const name of names) {
      const found = (await find(name)).hits.findIndex(({ record }) => record.fileName === name);
      hits.push({ name, place: found < 0 ? Infinity : found + 1 });
    }
    const eachMs = (performance.now() - startedAt) / names.length;
    delay.disable();
    const plain = hits.filter(({ name }) => !SKIN_TONE.test(name));
    return [
      {
        emoji: 'all',
        ...recall(hits),
        'ms each': Number(eachMs.toFixed(1)),
        'host blocked, ms at most': toMs(delay.max),
      },
      { emoji: 'without skin tones', ...recall(plain) },
    ];
  } finally {
    await finder.close();
  }
}

function recall(hits: readonly { place: number }[]): ReportRow {
  const share = (k: number): number => Number((hits.filter(({ place }) => place <= k).length / hits.length).toFixed(3));
  return { queries: hits.length, 'recall@1': share(1), 'recall@10': share(10) };
}

function toMs(nanoseconds: number): number {
  return Number((nanoseconds / 1e6).toFixed(1));
}
