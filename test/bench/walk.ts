import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { childrenOf, peakRss } from '../support/proc.ts';
import { runChild } from '../support/run-child.ts';
import { printReport, writeJson, type ReportRow } from './report.ts';
import type { WalkRun } from './walk-child.ts';

const HELP = `npm run bench -- walk [--files 100000]

A tree of sparse files that are named like pictures, a thousand in a folder. Files a second, and of find's:
find       find ROOT -type f -printf '%s %T@\\n', the peer: it looks at every file and does nothing with it
walk       our walk: rules, size, time and inode of every file
import     a whole import of a known source: walk, look up, a ledger line for each file, all skipped
ledger     imports ID --csv of that import
held       resident memory without garbage, at a tenth, at half and at the end: it must not grow with the files`;

const CHILD = resolve(import.meta.dirname, 'walk-child.ts');
const PROGRAM = resolve(import.meta.dirname, '../../src-main/cli/main.ts');
/** As bin/imagefleet has it. */
const YOUNG = '--max-semi-space-size=8';
const FLAGS = { NODE_OPTIONS: `${YOUNG} --expose-gc` };
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
    const step = (what: string): Promise<WalkRun> => runChild(CHILD, [what, root, data.root, String(count)], FLAGS);
    const walked = await step('walk');
    await step('remember');
    const imported = await step('import');
    const ledger = await printLedger(data.root, imported.importId!);
    if (walked.files !== count || imported.files !== count) throw new Error('not every file was met');
    const toRow = (what: string, { seconds, cpuSeconds, peak, held }: Ran & { held?: number[] }): ReportRow => ({
      what,
      files: count,
      'files/s': Math.round(count / seconds),
      'of find': Number((peer.seconds / seconds).toFixed(2)),
      'CPU s': Number(cpuSeconds.toFixed(2)),
      'µs of CPU each': Number(((cpuSeconds / count) * 1e6).toFixed(1)),
      'held, MiB': held?.join(' / ') ?? '',
      'peak RSS, MiB': peak,
    });
    const rows = [toRow('find', peer), toRow('walk', walked), toRow('import', imported), toRow('ledger', ledger)];
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

interface Ran {
  seconds: number;
  cpuSeconds: number;
  /** Largest resident memory, in MiB. */
  peak: number;
}

const MIB = 2 ** 20;

/** Runs a program with its output thrown away. The shell's `times` knows the CPU time of a child that has ended. */
async function runProgram(...command: string[]): Promise<Ran> {
  const began = performance.now();
  const script = '"$@" > /dev/null && times';
  const shell = spawn('sh', ['-c', script, 'sh', ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, ...childrenOf(shell.pid!).map(peakRss))), 50);
  const [code] = (await once(shell, 'close')) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
  const [, ofChildren = ''] = output.split('\n');
  const cpuSeconds = ofChildren
    .split(' ')
    .map((part) => /(\d+)m([\d.]+)s/.exec(part))
    .reduce((sum, found) => sum + Number(found?.[1]) * 60 + Number(found?.[2]), 0);
  return { seconds: (performance.now() - began) / 1_000, cpuSeconds, peak: Math.round(peak / MIB) };
}

function find(root: string): Promise<Ran> {
  return runProgram('find', root, '-type', 'f', '-printf', '%s %T@\\n');
}

function printLedger(dataDir: string, importId: string): Promise<Ran> {
  return runProgram(process.execPath, YOUNG, PROGRAM, 'imports', importId, '--csv', '--data-dir', dataDir);
}
