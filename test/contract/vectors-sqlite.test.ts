import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { OpenStores } from './vector-store/samples.ts';
import { testVectorStore } from './vector-store/test-vector-store.ts';

const open: OpenStores = async (handles) => {
  const path = join(await tempDir(), 'vectors.db');
  const [first, ...others] = await Promise.all(Array.from({ length: handles }, () => openSqliteVectors({ path })));
  if (!first) throw new RangeError('needs at least one handle');
  onTestFinished(async () => {
    await Promise.all([first, ...others].map((store) => store.close()));
  });
  return [first, ...others];
};

testVectorStore('SQLite', open);
