import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { startCli } from '../support/cli.ts';
import { peakRss } from '../support/proc.ts';
import { runChild } from '../support/run-child.ts';
import { printReport, writeJson, type ReportRow } from './report.ts';
import type { WalkRun } from './walk-child.ts';

const HELP = `npm run bench -- walk [--files 100000]

A tree of sparse files that are named like pictures, a thousand in a folder. Files a second, and of find's:
find       find ROOT -type f -printf '%s %T@\\n', the peer: it looks at every file and does nothing with it
walk       our walk: rules, size, time and inode of every file
import     a whole import of a known source: walk, look up, a ledger line for each file, all skipped
ledger     imports ID --csv of that import
RSS        resident memory at a tenth, at half and at the end: it must not grow with the files`;

const CHILD = resolve(import.meta.dirname, 'walk-child.ts');
const IN_FOLDER = 1_000;
const BYTES = 4_000_000;

/** How fast a large source is walked, and that memory does not grow with it. */
export async function benchWalk(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { files: { type: 'string', default: '100000' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const count = Number(values.files);
  const folder = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  try {
    const root = join(folder, 'pictures');
    const data = await openDataDir(join(folder, 'data'), {});
    await makeTree(root, count);
    await find(root); // whoever comes first would pay for the disk
    const peer = await find(root);
    const walked = await runChild<WalkRun>(CHILD, ['walk', root, data.root, String(count)]);
    const imported = await runChild<WalkRun>(CHILD, ['import', root, data.root, String(count)]);
    const ledger = await printLedger(data.root, imported.importId!);
    const toRow = (what: string, seconds: number, more: ReportRow): ReportRow => ({
      what,
      files: count,
      'files/s': Math.round(count / seconds),
      'of find': Number((peer / seconds).toFixed(2)),
      'CPU s': '',
      RSS: '',
      ...more,
    });
    const ofRun = (what: string, { seconds, cpuSeconds, memory }: WalkRun): ReportRow =>
      toRow(what, seconds, { 'CPU s': cpuSeconds.toFixed(1), RSS: `${memory.join(' / ')} MiB` });
    if (walked.files !== count || imported.files !== count) throw new Error('not every file was met');
    const rows = [
      toRow('find', peer, {}),
      ofRun('walk', walked),
      ofRun('import', imported),
      toRow('ledger', ledger.seconds, { RSS: `${ledger.peak} MiB` }),
    ];
    printReport({ title: `Walking ${count} files`, rows });
    await writeJson('walk', rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeTree(root: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += IN_FOLDER) {
    const folder = join(root, `roll-${n / IN_FOLDER}`);
    await mkdir(folder, { recursive: true });
    for (let i = n; i < Math.min(count, n + IN_FOLDER); i++) {
      const file = await open(join(folder, `IMG_${String(i).padStart(7, '0')}.jpg`), 'w');
      await file.truncate(BYTES + i);
      await file.close();
    }
  }
}

/** Seconds. */
async function find(root: string): Promise<number> {
  const began = performance.now();
  const child = spawn('find', [root, '-type', 'f', '-printf', '%s %T@\n'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`find ended with ${code}`);
  return (performance.now() - began) / 1_000;
}

async function printLedger(dataDir: string, importId: string): Promise<{ seconds: number; peak: number }> {
  const began = performance.now();
  const cli = startCli(dataDir, ['imports', importId, '--csv']);
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, peakRss(cli.child.pid!))), 50);
  const { code, stderr } = await cli.ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`imports ended with ${code}: ${stderr}`);
  return { seconds: (performance.now() - began) / 1_000, peak: Math.round(peak / 2 ** 20) };
}
