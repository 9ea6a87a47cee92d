import { findModel, openStore } from '../../../src-core/open-backends.ts';
import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { recordOf } from '../search-records.ts';
import { DIMENSION, vectorSource } from '../search-vectors.ts';

const BATCH = 256;

/** Puts `count` pictures, with vectors as the default model gives, into a data dir; answers their ids. */
export async function fillStore(folder: string, count: number): Promise<string[]> {
  const settings = settingsSchema.parse({});
  const dataDir = await openDataDir(folder);
  const { manifest } = await findModel(dataDir, settings.model.id);
  if (manifest.output.dimension !== DIMENSION) throw new Error(`${manifest.id} has not ${DIMENSION} dimensions`);
  const store = await openStore(settings, dataDir);
  try {
    const catalog = await store.ensureCatalog({ name: DEFAULT_CATALOG, model: manifest.id, dimension: DIMENSION });
    const next = vectorSource('pictures', count, 1);
    const ids: string[] = [];
    for (let start = 0; start < count; start += BATCH) {
      const images = Array.from({ length: Math.min(BATCH, count - start) }, (_, n) => ({
        record: recordOf(catalog, start + n),
        vector: next(),
      }));
      await store.upsert(catalog.id, images);
      ids.push(...images.map(({ record }) => record.imageId));
    }
    return ids;
  } finally {
    await store.close();
  }
}
