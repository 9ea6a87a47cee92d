import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from '../../support/run-child.ts';
import { printReport, writeJson } from '../report.ts';
import { corpus, CORPORA, type CorpusSpec } from './corpus.ts';
import { fleetRun } from './fleet-run.ts';

const HELP = `npm run bench -- index [OPTIONS]

  --corpus NAME    one of ${Object.keys(CORPORA).join(', ')} (default: all)
  --count N        pictures of the corpus (default: 400, 2000, 4000)
  --seconds S      for each measurement of a limit (default: 8)
  --memory         peak memory at 2,000 and at 50,000 small pictures instead

limit   1 / (1/decode-only + 1/inference-only), each measured on all cores in this run
peer    sharp → onnxruntime batch 1 → one upsert, a process per core`;

const COUNTS: Record<string, number> = { 'jpeg-12mp': 400, 'jpeg-1mp': 2_000, 'png-small': 4_000 };
const CACHE = resolve(import.meta.dirname, '../../../.cache/bench');
const CORES = availableParallelism();
const MIB = 1_048_576;

interface Sample {
  items: number;
  seconds: number;
}

/** Index throughput against this machine's limit and against the peer; see HELP. */
export async function benchIndex(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      corpus: { type: 'string' },
      count: { type: 'string' },
      seconds: { type: 'string', default: '8' },
      memory: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  await mkdir(CACHE, { recursive: true });
  if (values.memory) return benchMemory();
  const specs = Object.values(CORPORA).filter(({ name }) => !values.corpus || name === values.corpus);
  if (specs.length === 0) throw new Error(`no corpus ${values.corpus}; there are ${Object.keys(CORPORA).join(', ')}`);
  const rows = [];
  for (const spec of specs) {
    rows.push(await benchCorpus(spec, Number(values.count ?? COUNTS[spec.name]), values.seconds));
  }
  printReport({ title: `Index throughput, pictures/s, ${CORES} cores`, rows });
  await writeJson('index', rows);
}

async function benchCorpus(spec: CorpusSpec, count: number, seconds: string): Promise<Record<string, string | number>> {
  console.error(`${spec.name}: corpus of ${count} …`);
  const folder = await corpus(CACHE, spec, count);
  console.error(`${spec.name}: limit …`);
  const decode = await onAllCores('limit-child.ts', () => ['decode', folder, seconds]);
  const inference = await onAllCores('limit-child.ts', () => ['inference', '-', seconds]);
  const limit = 1 / (1 / decode + 1 / inference);
  console.error(`${spec.name}: peer …`);
  const database = join(CACHE, 'peer.db');
  for (const suffix of ['', '-wal', '-shm']) await rm(database + suffix, { force: true });
  const peer = await onAllCores('peer-child.ts', (share) => [folder, database, String(share), String(CORES)]);
  console.error(`${spec.name}: Imagefleet …`);
  const all = await fleetRun(folder, { workers: CORES });
  const one = await fleetRun(folder, { workers: 1 });
  const pinnedOne = await fleetRun(folder, { workers: 1, pinned: true });
  const pinnedTwo = await fleetRun(folder, { workers: 2, pinned: true });
  return {
    corpus: spec.name,
    pictures: count,
    'decode only': round(decode),
    'inference only': round(inference),
    limit: round(limit),
    peer: round(peer),
    [`${CORES} workers`]: round(all.rate),
    '/ limit': round(all.rate / limit, 2),
    '/ peer': round(all.rate / peer, 2),
    '1 worker': round(one.rate),
    'pinned 2 / 1': round(pinnedTwo.rate / pinnedOne.rate, 2),
    'whole run': round(all.pictures / all.seconds),
    'worker MiB': Math.max(...all.workerPeaks.map((peak) => Math.round(peak / MIB))),
    'host MiB': Math.round(all.hostPeak / MIB),
  };
}

/** Sum of the rates of one child process per core. */
async function onAllCores(script: string, args: (share: number) => string[]): Promise<number> {
  const shares = Array.from({ length: CORES }, (_, share) =>
    runChild<Sample>(join(import.meta.dirname, script), args(share)),
  );
  return (await Promise.all(shares)).reduce((sum, { items, seconds }) => sum + items / seconds, 0);
}

async function benchMemory(): Promise<void> {
  const spec = CORPORA['png-small'];
  if (!spec) throw new Error('no corpus of small pictures');
  const rows = [];
  for (const count of [2_000, 50_000]) {
    console.error(`${count} pictures …`);
    const run = await fleetRun(await corpus(CACHE, spec, count), { workers: CORES });
    rows.push({
      pictures: count,
      'host MiB': Math.round(run.hostPeak / MIB),
      'worker MiB': Math.max(...run.workerPeaks.map((peak) => Math.round(peak / MIB))),
      'pictures/s': round(run.rate),
    });
  }
  printReport({ title: 'Peak memory by number of pictures', rows });
  await writeJson('index-memory', rows);
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
