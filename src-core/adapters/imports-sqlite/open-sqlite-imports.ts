import type { ImportLog } from '../../ports/import-log.ts';
import { openDatabase } from '../sqlite/database.ts';
import { createKnownFiles } from './known-files.ts';
import { createLedger } from './ledger.ts';
import { createManifests } from './manifests.ts';
import { migrations } from './migrations.ts';
import { createRuns } from './runs.ts';
import { createSidecars } from './sidecars.ts';

export interface SqliteImportsOptions {
  /** A file, or ":memory:". */
  path: string;
  /** ms since the epoch; for tests. */
  now?: () => number;
}

/** Opens (or makes) the import log. Throws DATA_DIR_UNUSABLE, DATABASE_TOO_NEW. */
export async function openSqliteImports({ path, now = Date.now }: SqliteImportsOptions): Promise<ImportLog> {
  const db = await openDatabase({ path, migrations, unavailable: 'DATA_DIR_UNUSABLE' });
  return {
    ...createRuns(db, now),
    ...createLedger(db, now),
    ...createManifests(db),
    ...createKnownFiles(db),
    ...createSidecars(db),
    close() {
      db.close();
      return Promise.resolve();
    },
  };
}
