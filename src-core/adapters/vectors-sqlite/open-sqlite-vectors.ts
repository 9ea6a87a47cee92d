import { randomUUID } from 'node:crypto';
import type { VectorStore } from '../../ports/vector-store.ts';
import { openDatabase } from '../sqlite/database.ts';
import { createCatalogs } from './catalogs.ts';
import { createReads } from './reads.ts';
import { MIGRATIONS } from './schema.ts';
import { createSearch } from './search.ts';
import { createSuccessions } from './successions.ts';
import { createWordsBacklog } from './words-index.ts';
import { createWordsSearch } from './words-search.ts';
import { createWrites } from './writes.ts';

/**
 * The embedded vector store: one SQLite file that several processes may open. Only a process that searches holds codes
 * in memory: 335 MiB for a million pictures × 256 numbers.
 *
 * A delete leaves nothing that a late, older write could be compared with: such a write would bring the picture back.
 * A file from before there was search by words gets its index of words after it is open, in short transactions between
 * which others work (some 25 s of CPU for a million pictures); the first search by words waits for it.
 * Throws STORE_UNAVAILABLE, DATABASE_TOO_NEW, DATA_DIR_UNUSABLE.
 */
export async function openSqliteVectors(options: {
  path: string;
  durability?: 'normal' | 'full';
}): Promise<VectorStore> {
  const db = await openDatabase({
    ...options,
    migrations: MIGRATIONS,
    unavailable: 'STORE_UNAVAILABLE',
    pageSize: 16_384,
  });
  // What a statement may have to undo; past 64 kB SQLite would put it into a file.
  db.raw.exec('PRAGMA temp_store = MEMORY');
  // A search by words reads the same pages several times; the 2 MB that are usual are 125 pages.
  db.raw.exec('PRAGMA cache_size = -16384');
  const { finishDrops, ...catalogs } = createCatalogs(db);
  await finishDrops();
  const id = await db.write(() => {
    db.sql(`INSERT INTO meta (key, value) VALUES ('id', ?) ON CONFLICT DO NOTHING`).run(randomUUID());
    return db.sql(`SELECT value FROM meta WHERE key = 'id'`).get<{ value: string }>()!.value;
  });
  const backlog = createWordsBacklog(db);
  return {
    fingerprint: `sqlite:${id}`,
    ...catalogs,
    successions: createSuccessions(db, finishDrops),
    ...createWrites(db),
    ...createReads(db),
    ...createSearch(db),
    ...createWordsSearch(db, backlog),
    async close() {
      await backlog.stop();
      db.close();
    },
  };
}
