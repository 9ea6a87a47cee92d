/** Measures search by words in one store of COUNT records: `words-child.ts COUNT QUERIES [FOLDER]`; sends a WordsRun. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { parseWords } from '../../src-core/domain/words.ts';
import { cpuMs, peerPath, storePath, type WordsWriting, writeOrReuse } from './words-files.ts';
import { filterOf, LIMIT, QUERIES, weighAll } from './words-queries.ts';

/** Queries in ms of CPU; `recall`: how many of the ten best by weighing every record. */
export interface WordsRun extends WordsWriting {
  queries: { what: string; limit: number; hits: number; cpu: number; recall: number; peer: number | null }[];
}

const [count, times, kept] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];

/** ms of CPU, the median of `times` runs after one that is not counted. */
async function median(work: () => unknown): Promise<number> {
  await work();
  const spent: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    await work();
    spent.push(cpuMs(before));
  }
  return spent.toSorted((a, b) => a - b)[Math.floor(times / 2)]!;
}

const folder = kept ?? (await mkdtemp(join(resolve(import.meta.dirname, '../../.cache/bench'), 'words-')));
try {
  const writing = await writeOrReuse(folder, count);
  const store = await openSqliteVectors({ path: storePath(folder) });
  const peer = new DatabaseSync(peerPath(folder));
  const [catalog] = await store.catalogs();
  const truth = weighAll(catalog!.id, count);
  const queries: WordsRun['queries'] = [];
  for (const [q, query] of QUERIES.entries()) {
    const filter = filterOf(query);
    const search = () => store.searchWords({ catalogId: catalog!.id, text: query.text, filter, limit: LIMIT });
    const cpu = await median(search);
    const best = (await search()).filter(({ record }) => truth.scoreOf(q, record) >= truth.least[q]! - 1e-9).length;
    const wanted = Math.min(LIMIT, truth.matching[q]!);

    const { words, lastMayGoOn } = parseWords(query.text);
    const match = words.map((word) => `"${word}"`).join(' ') + (lastMayGoOn ? ' *' : '');
    const ask = peer.prepare(`SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ${LIMIT}`);
    const comparable = filter.length === 0 && /^\p{ASCII}*$/u.test(query.text);
    queries.push({
      what: query.what,
      limit: query.limit,
      hits: truth.matching[q]!,
      cpu,
      recall: wanted === 0 ? 1 : best / wanted,
      peer: comparable ? await median(() => ask.all(match)) : null,
    });
  }
  await store.close();
  peer.close();
  process.send?.({ ...writing, queries } satisfies WordsRun);
} finally {
  if (!kept) await rm(folder, { recursive: true, force: true });
}
