import type { DuplicateLog } from '../../ports/duplicate-log.ts';
import { openDatabase } from '../sqlite/database.ts';
import { createChoices } from './choices.ts';
import { createFound } from './found.ts';
import { createMarks } from './marks.ts';
import { MIGRATIONS } from './migrations.ts';
import { createScans } from './scans.ts';

export interface SqliteDuplicatesOptions {
  /** A file, or ":memory:". */
  path: string;
  /** ms since the epoch; for tests. */
  now?: () => number;
}

/** Opens (or makes) the log of duplicates. Throws DATA_DIR_UNUSABLE, DATABASE_TOO_NEW. */
export async function openSqliteDuplicates({ path, now = Date.now }: SqliteDuplicatesOptions): Promise<DuplicateLog> {
  const db = await openDatabase({ path, migrations: MIGRATIONS, unavailable: 'DATA_DIR_UNUSABLE' });
  return {
    ...createScans(db, now),
    ...createFound(db),
    ...createChoices(db),
    ...createMarks(db, now),
    close() {
      db.close();
      return Promise.resolve();
    },
  };
}
