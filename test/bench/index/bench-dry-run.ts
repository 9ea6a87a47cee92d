import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { printReport, type ReportRow, writeJson } from '../report.ts';
import { corpus, CORPORA, COUNTS, type CorpusSpec } from './corpus.ts';
import { fleetRun } from './fleet-run.ts';

const HELP = `npm run bench -- dry-run [OPTIONS]

  --corpus NAME    one of ${Object.keys(CORPORA).join(', ')} (default: all)
  --count N        pictures of the corpus (default: as in "bench index")
  --rounds N       dry run and run, one after the other, so many times (default: 3)

estimate   what index --dry-run says, in seconds, with its range
run        what the run that follows takes, start-up and walk included; it must be within 30 % of the estimate`;

const CACHE = resolve(import.meta.dirname, '../../../.cache/bench');
const PROGRAM = resolve(import.meta.dirname, '../../../bin/imagefleet');
const CORES = availableParallelism();
const WITHIN = 0.3;

/** Whether `--dry-run` tells the time of the run that follows; see HELP. */
export async function benchDryRun(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      corpus: { type: 'string' },
      count: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  await mkdir(CACHE, { recursive: true });
  const specs = Object.values(CORPORA).filter(({ name }) => !values.corpus || name === values.corpus);
  if (specs.length === 0) throw new Error(`no corpus ${values.corpus}; there are ${Object.keys(CORPORA).join(', ')}`);
  const rows: ReportRow[] = [];
  for (const spec of specs) {
    const count = Number(values.count ?? COUNTS[spec.name]);
    console.error(`${spec.name}: corpus of ${count} …`);
    const folder = await corpus(CACHE, spec, count);
    for (let round = 1; round <= Number(values.rounds); round++) {
      console.error(`${spec.name}: round ${round} of ${values.rounds} …`);
      rows.push(await benchRound(spec, folder));
    }
  }
  printReport({ title: `What --dry-run says of a run, seconds, ${CORES} workers`, rows });
  await writeJson('dry-run', rows);
  const off = rows.filter(({ ratio }) => Math.abs(Number(ratio) - 1) > WITHIN);
  console.log(`${rows.length - off.length} of ${rows.length} runs within ${WITHIN * 100} % of their estimate`);
  if (off.length > 0) process.exitCode = 1;
}

async function benchRound(spec: CorpusSpec, folder: string): Promise<ReportRow> {
  const said = await dryRun(folder);
  const run = await fleetRun(folder, { workers: CORES });
  return {
    corpus: spec.name,
    pictures: run.pictures,
    sampled: said.sampled,
    estimate: round(said.seconds),
    low: round(said.low_seconds),
    high: round(said.high_seconds),
    run: round(run.seconds),
    ratio: round(run.seconds / said.seconds),
    'dry run': round(said.took),
  };
}

interface Said {
  seconds: number;
  low_seconds: number;
  high_seconds: number;
  sampled: number;
  /** Of the whole command, in seconds. */
  took: number;
}

async function dryRun(folder: string): Promise<Said> {
  const dataDir = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  try {
    const began = performance.now();
    const args = ['index', folder, '--dry-run', '--data-dir', dataDir, '--workers', String(CORES), '--json'];
    const { stdout } = await promisify(execFile)(PROGRAM, args);
    const { estimate } = JSON.parse(stdout) as { estimate: Said | null };
    if (!estimate) throw new Error(`the dry run knew no time: ${stdout}`);
    return { ...estimate, took: (performance.now() - began) / 1_000 };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
