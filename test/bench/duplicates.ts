import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from '../support/run-child.ts';
import type { DuplicatesRun } from './duplicates-child.ts';
import { printReport, writeJson } from './report.ts';
import { DIMENSION } from './search-vectors.ts';

const HELP = `npm run bench -- duplicates [OPTIONS]

  --count N        pictures (default: 100000)

pictures    clustered vectors whose components fall off as the default model's do
random      vectors evenly spread over the sphere
one by one  each picture's nearest by a search of its own, over the same codes; from a sample`;

/** A scan for duplicates on the embedded store: time, CPU, memory, against one search for each picture; see HELP. */
export async function benchDuplicates(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string', default: '100000' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  await mkdir(resolve(import.meta.dirname, '../../.cache/bench'), { recursive: true });
  const runs: DuplicatesRun[] = [];
  for (const kind of ['pictures', 'random']) {
    console.error(`${values.count} ${kind} vectors …`);
    runs.push(await runChild<DuplicatesRun>(join(import.meta.dirname, 'duplicates-child.ts'), [kind, values.count]));
  }
  printReport({
    title: `Duplicates from 0.9 on, vectors of ${DIMENSION} numbers`,
    rows: runs.map(({ kind, count, pairs, blocks, cpu, oneByOne, memory, longestStepMs }) => ({
      pictures: `${count} ${kind}`,
      pairs,
      'all, s': Math.round(blocks),
      'CPU, s': Math.round(cpu),
      'one by one, s': Math.round(oneByOne),
      'memory, MiB': Math.round(memory),
      'longest step, ms': Math.round(longestStepMs),
    })),
  });
  await writeJson('duplicates', runs);
}

if (import.meta.main) await benchDuplicates(process.argv.slice(2));
