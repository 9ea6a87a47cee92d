import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteDuplicates } from '../../../../src-core/adapters/duplicates-sqlite/open-sqlite-duplicates.ts';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import type { Catalog } from '../../../../src-core/domain/catalog.ts';
import type { ImageRecord } from '../../../../src-core/domain/image-record.ts';
import type { DuplicateLog } from '../../../../src-core/ports/duplicate-log.ts';
import type { PairsRequest } from '../../../../src-core/ports/finder.ts';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { createDuplicates, type Duplicates } from '../../../../src-main/services/duplicates/duplicates.ts';
import { createImages } from '../../../../src-main/services/images.ts';
import { openSqliteImports } from '../../../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { image } from '../../../contract/vector-store/samples.ts';
import { tempDir } from '../../../support/temp-dir.ts';

export interface Rig {
  duplicates: Duplicates;
  store: VectorStore;
  log: DuplicateLog;
  catalog: Catalog;
  finder: { similarPairs: (request: PairsRequest) => ReturnType<VectorStore['similarPairs']> };
  /** Adds a picture at this angle in degrees: the cosine of two is that of the angle between. Answers its id. */
  add(name: string, angle: number, changes?: Partial<ImageRecord>): Promise<string>;
  /** A whole scan. */
  scan(leastScore?: number): Promise<void>;
  /** Names of the files of each group, in order. */
  groups(minScore: number, which?: object): Promise<string[][]>;
}

export async function openRig(): Promise<Rig> {
  const dir = await tempDir();
  const store = await openSqliteVectors({ path: join(dir, 'vectors.db') });
  const log = await openSqliteDuplicates({ path: join(dir, 'duplicates.db') });
  const imports = await openSqliteImports({ path: join(dir, 'imports.db') });
  const catalog = await store.ensureCatalog({ name: 'pictures', model: 'm', dimension: 8 });
  const images = createImages({ store, log: imports, naming: { machine: null, folders: [] } });
  const duplicates = createDuplicates({ store, log, images });
  onTestFinished(async () => {
    await duplicates.close();
    await Promise.all([log.close(), imports.close(), store.close()]);
  });
  const finder: Rig['finder'] = {
    similarPairs: ({ catalogId, minScore, cursor }) => store.similarPairs(catalogId, minScore, cursor),
  };
  return {
    duplicates,
    store,
    log,
    catalog,
    finder,
    async add(name, angle, changes = {}) {
      const vector = new Float32Array(8);
      vector[0] = Math.cos((angle * Math.PI) / 180);
      vector[1] = Math.sin((angle * Math.PI) / 180);
      const made = image(catalog, name, changes, vector);
      await store.upsert(catalog.id, [made]);
      return made.record.imageId;
    },
    async scan(leastScore) {
      const { id } = await duplicates.start('pictures', leastScore, finder);
      const { state, error } = await duplicates.ended(id);
      if (state !== 'completed') throw new Error(`the scan is ${state}: ${error?.message}`);
    },
    async groups(minScore, which = {}) {
      const { groups } = await duplicates.groups('pictures', { minScore, ...which }, 100);
      return groups.map(({ pictures }) => pictures.map(({ record }) => record.fileName).toSorted());
    },
  };
}
