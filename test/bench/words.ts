import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from '../support/run-child.ts';
import { printReport, writeJson } from './report.ts';
import type { WordsRun } from './words-child.ts';

const HELP = `npm run bench -- words [OPTIONS]

  --large          a million records too (ten minutes and 3 GB of disk)
  --count N        only this many records
  --queries N      how often each query is asked (default: 10); the median is reported
  --keep FOLDER    the records are written into this folder, and found there by the next run with as many; needs --count

limit     of the issue: 20 ms where the rarest word is in at most 2 % of a million records, else 150 (which also holds
          where a filter that no index serves lets hardly any pass)
recall    how many of the ten best, by weighing every record that matches, are among the ten found
peer      plain FTS5: MATCH … ORDER BY rank LIMIT 10, ids only, with positions and without prefix indexes`;

/** Search by words on the embedded store: what the index costs to write, CPU of queries, quality; see HELP. */
export async function benchWords(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      large: { type: 'boolean', default: false },
      count: { type: 'string' },
      queries: { type: 'string', default: '10' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (values.keep && !values.count) throw new Error('--keep needs --count');
  await mkdir(values.keep ?? resolve(import.meta.dirname, '../../.cache/bench'), { recursive: true });
  const counts = values.count ? [Number(values.count)] : [100_000, ...(values.large ? [1_000_000] : [])];
  const runs: WordsRun[] = [];
  for (const count of counts) {
    console.error(`${count} records …`);
    const child = join(import.meta.dirname, 'words-child.ts');
    runs.push(await runChild<WordsRun>(child, [String(count), values.queries, ...(values.keep ? [values.keep] : [])]));
  }
  printReport({
    title: 'Search by words, the ten best; ms of CPU per query',
    rows: runs.flatMap(({ count, queries }) =>
      queries.map(({ what, limit, hits, cpu, recall, peer }) => ({
        records: count,
        query: what,
        matching: hits,
        cpu: round(cpu),
        limit,
        'recall@10': round(recall),
        peer: peer === null ? '' : round(peer),
      })),
    ),
  });
  printReport({
    title: 'Writing (when the files were made), µs of CPU per record, batches of 256',
    rows: runs.map(({ count, insert, megabytes }) => ({
      records: count,
      upsert: round(insert.upsert),
      'of it words': round(insert.index),
      'of it finding words': round(insert.tokens),
      'without words': round(insert.upsert - insert.index),
      'peer, words alone': round(insert.peer),
      'words, MB': Math.round(megabytes.index),
      'peer, MB': Math.round(megabytes.peer),
    })),
  });
  await writeJson('words', runs);
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

if (import.meta.main) await benchWords(process.argv.slice(2));
