import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { MIGRATIONS } from '../../src-core/adapters/vectors-sqlite/schema.ts';
import { indexWords } from '../../src-core/adapters/vectors-sqlite/words-index.ts';
import { openDatabase } from '../../src-core/adapters/sqlite/database.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import { recordWords } from '../../src-core/domain/words.ts';
import { DIMENSION, vectorSource } from './search-vectors.ts';
import { recordAt } from './words-records.ts';

/** What it took to write the files of one folder: µs of CPU a record, and their sizes. */
export interface WordsWriting {
  count: number;
  insert: { upsert: number; tokens: number; index: number; peer: number };
  megabytes: { index: number; peer: number };
}

const BATCH = 256;
const BATCHES_AT_A_TIME = 16;

/** In a folder: the store, its index of words by itself, the peer's file, and at last what it took to write them. */
export const storePath = (folder: string): string => join(folder, 'vectors.db');
export const peerPath = (folder: string): string => join(folder, 'peer.db');
const aloneWordsPath = (folder: string): string => join(folder, 'words.db');
const writingPath = (folder: string): string => join(folder, 'writing.json');

/** ms of CPU since `before`. */
export function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Writes `count` records into a folder, unless an earlier run did. Throws when that wrote another number. */
export async function writeOrReuse(folder: string, count: number): Promise<WordsWriting> {
  const known = await readFile(writingPath(folder), 'utf8').catch(() => null);
  if (known === null) {
    const writing = await writeFiles(folder, count);
    await writeFile(writingPath(folder), JSON.stringify(writing));
    return writing;
  }
  const writing = JSON.parse(known) as WordsWriting;
  if (writing.count !== count) throw new Error(`${folder} holds ${writing.count} records, not ${count}`);
  return writing;
}

async function writeFiles(folder: string, count: number): Promise<WordsWriting> {
  const store = await openSqliteVectors({ path: storePath(folder) });
  const catalog = await store.ensureCatalog({ name: 'words', model: 'bench', dimension: DIMENSION });
  const alone = await openDatabase({
    path: aloneWordsPath(folder),
    migrations: MIGRATIONS,
    unavailable: 'STORE_UNAVAILABLE',
    pageSize: 16_384,
  });
  const peer = new DatabaseSync(peerPath(folder));
  peer.exec(`PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE VIRTUAL TABLE words USING fts5 (text, content = '', tokenize = 'unicode61 remove_diacritics 2')`);
  const putPeer = peer.prepare('INSERT INTO words (rowid, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)');

  const spent = { upsert: 0, tokens: 0, index: 0, peer: 0 };
  const measure = async (what: keyof typeof spent, work: () => unknown): Promise<void> => {
    const before = process.cpuUsage();
    await work();
    spent[what] += (1_000 * cpuMs(before)) / count;
  };
  const nextVector = vectorSource('random', count, 1);
  const vectors = Array.from({ length: 1_000 }, nextVector);
  // Many batches at a time: the clock of CPU time is coarse.
  for (let start = 0; start < count; start += BATCH * BATCHES_AT_A_TIME) {
    const records = Array.from({ length: Math.min(BATCH * BATCHES_AT_A_TIME, count - start) }, (_, i) =>
      recordAt(catalog.id, start + i),
    );
    const batches = Array.from({ length: Math.ceil(records.length / BATCH) }, (_, b) =>
      records.slice(b * BATCH, (b + 1) * BATCH).map((record, i) => ({
        row: start + b * BATCH + i + 1,
        record,
        vector: vectors[(start + i) % vectors.length]!,
      })),
    );
    await measure('upsert', async () => {
      for (const images of batches) await store.upsert(catalog.id, images);
    });
    await measure('tokens', () => records.forEach(recordWords));
    await measure('index', async () => {
      for (const rows of batches) await alone.write(() => indexWords(alone, rows));
    });
    const texts = batches.map((rows) => JSON.stringify(rows.map(({ row, record }) => [row, textOf(record)])));
    await measure('peer', () => {
      for (const text of texts) putPeer.run(text);
    });
  }
  await store.close();
  alone.close();
  peer.close();
  const megabytes = { index: await sizeOf(aloneWordsPath(folder)), peer: await sizeOf(peerPath(folder)) };
  return { count, insert: spent, megabytes };
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size / 1e6;
}

/** What a record says, as a program would put it into FTS5. */
function textOf(record: ImageRecord): string {
  const folders = record.canonicalName.split('/').slice(-3, -1);
  const { productId = '', name, description, keywords, fileName } = record;
  return [productId, name, ...keywords, fileName.replaceAll('_', ' '), description, ...folders].join(' ');
}
