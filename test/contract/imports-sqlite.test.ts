import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteImports } from '../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { tempDir } from '../support/temp-dir.ts';
import { countsOf, folderAt, importOf } from './import-log/lines.ts';
import { testImportLog } from './import-log/test-import-log.ts';

testImportLog('imports-sqlite', async (options) =>
  openSqliteImports({ path: join(await tempDir(), 'imports.db'), ...options }),
);

it('is shared by two processes and outlives them', async () => {
  const path = join(await tempDir(), 'imports.db');
  const one = await openSqliteImports({ path });
  const two = await openSqliteImports({ path });
  const source = await one.ensureSource(folderAt('/photos', crypto.randomUUID()));
  const [first, second] = await Promise.all([one.openImport(importOf(source)), two.openImport(importOf(source))]);
  expect(second.id).toBe(first.id);
  await one.record(first.id, [{ name: '/photos/a', outcome: 'indexed' }]);
  await Promise.all([one.close(), two.close()]);
  const three = await openSqliteImports({ path });
  expect(await countsOf(three, first.id)).toEqual({ indexed: 1 });
  await three.close();
});
