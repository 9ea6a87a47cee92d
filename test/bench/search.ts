import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from '../support/run-child.ts';
import { printReport, writeJson } from './report.ts';
import type { SearchRun } from './search-child.ts';
import { DIMENSION, type VectorKind } from './search-vectors.ts';

const HELP = `npm run bench -- search [OPTIONS]

  --large          a million vectors too (several minutes and 3 GB of disk)
  --count N        only this many vectors
  --queries N      queries of each kind (default: 100)

pictures  clustered vectors whose components fall off as the default model's do
random    vectors evenly spread over the sphere
peer      a plain JavaScript scan over float32 vectors in memory`;

const CACHE = resolve(import.meta.dirname, '../../.cache/bench');
const KINDS: readonly VectorKind[] = ['pictures', 'random'];

/** Search on the embedded store: time, CPU, recall@10 against exact, memory, first query after open; see HELP. */
export async function benchSearch(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      large: { type: 'boolean', default: false },
      count: { type: 'string' },
      queries: { type: 'string', default: '100' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  await mkdir(CACHE, { recursive: true });
  const counts = values.count ? [Number(values.count)] : [10_000, 100_000, ...(values.large ? [1_000_000] : [])];
  const runs: SearchRun[] = [];
  for (const count of counts) {
    for (const kind of KINDS) {
      console.error(`${count} ${kind} vectors …`);
      const child = join(import.meta.dirname, 'search-child.ts');
      runs.push(
        await runChild<SearchRun>(child, [kind, String(count), values.queries], { NODE_OPTIONS: '--expose-gc' }),
      );
    }
  }
  printReport({
    title: `Search, vectors of ${DIMENSION} numbers, the ten best; ms per query`,
    rows: runs.flatMap(({ kind, count, searches }) =>
      searches.map(({ what, p50, p95, cpu, recall }) => ({
        vectors: `${count} ${kind}`,
        search: what,
        p50: round(p50),
        p95: round(p95),
        cpu: round(cpu),
        'recall@10': round(recall, 4),
      })),
    ),
  });
  printReport({
    title: 'The store around it',
    rows: runs.map(({ kind, count, upsertCpu, firstQuery, memory }) => ({
      vectors: `${count} ${kind}`,
      'upsert, µs of CPU each': Math.round(upsertCpu * 1_000),
      'first query after open, ms': Math.round(firstQuery),
      'memory, MiB': Math.round(memory),
    })),
  });
  await writeJson('search', runs);
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

if (import.meta.main) await benchSearch(process.argv.slice(2));
