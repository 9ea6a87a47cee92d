import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { printReport, type ReportRow, writeJson } from '../report.ts';
import { corpus, CORPORA, COUNTS, type CorpusSpec } from './corpus.ts';
import { fleetRun } from './fleet-run.ts';
import { measureLimit } from './limit.ts';
import { bareRate, bullmqRate } from './peers.ts';

const HELP = `npm run bench -- index [OPTIONS]

  --corpus NAME    one of ${Object.keys(CORPORA).join(', ')} (default: all)
  --count N        pictures of the corpus (default: 400, 2000, 4000)
  --seconds S      for each measurement of a limit (default: 6)
  --memory         peak memory at 2,000 and at 50,000 small pictures instead

limit      1 / (1/decode-only + 1/inference-only), each measured on all cores; the median of three rounds
BullMQ     the peer: a BullMQ worker with its defaults; sharp → onnxruntime, batch of 1 → one upsert
no queue   the same work without any queue, a process per core: the least it can cost
N workers  Imagefleet's rate between its first and its last settled batch; "whole run" has start-up in it`;

const CACHE = resolve(import.meta.dirname, '../../../.cache/bench');
const CORES = availableParallelism();
/** The machine's own speed wanders by a tenth: each rate is set against a limit measured right before it. */
const ROUNDS = 3;
const MIB = 1_048_576;

/** Index throughput against this machine's limit and against the peer; see HELP. */
export async function benchIndex(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      corpus: { type: 'string' },
      count: { type: 'string' },
      seconds: { type: 'string', default: '6' },
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

async function benchCorpus(spec: CorpusSpec, count: number, seconds: string): Promise<ReportRow> {
  console.error(`${spec.name}: corpus of ${count} …`);
  const folder = await corpus(CACHE, spec, count);
  console.error(`${spec.name}: peers …`);
  const bullmq = await bullmqRate(CACHE, folder);
  const bare = await bareRate(folder, CORES);
  const rounds = [];
  for (let round = 1; round <= ROUNDS; round++) {
    console.error(`${spec.name}: limit and Imagefleet, round ${round} of ${ROUNDS} …`);
    const limits = await measureLimit(folder, CORES, seconds);
    rounds.push({ ...limits, fleet: await fleetRun(folder, { workers: CORES }) });
  }
  const { decode, inference, limit, fleet: all } = medianBy(rounds, (round) => round.fleet.rate / round.limit);
  const one = await fleetRun(folder, { workers: 1 });
  const pinnedOne = await fleetRun(folder, { workers: 1, pinned: true });
  const pinnedTwo = await fleetRun(folder, { workers: 2, pinned: true });
  return {
    corpus: spec.name,
    pictures: count,
    'decode only': round(decode),
    'inference only': round(inference),
    limit: round(limit),
    BullMQ: round(bullmq),
    'no queue': round(bare),
    [`${CORES} workers`]: round(all.rate),
    '/ limit': round(all.rate / limit, 2),
    '/ BullMQ': round(all.rate / bullmq, 2),
    '/ no queue': round(all.rate / bare, 2),
    '1 worker': round(one.rate),
    'pinned 2 / 1': round(pinnedTwo.rate / pinnedOne.rate, 2),
    'whole run': round(all.pictures / all.seconds),
    'worker MiB': Math.max(...all.workerPeaks.map((peak) => Math.round(peak / MIB))),
    'host MiB': Math.round(all.hostPeak / MIB),
  };
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

function medianBy<T>(items: readonly T[], value: (item: T) => number): T {
  return items.toSorted((a, b) => value(a) - value(b))[Math.floor(items.length / 2)]!;
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
