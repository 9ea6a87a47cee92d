/** Looks for pairs in a new catalog of random vectors: `pairs-child.ts FILE COUNT`; sends PairsMemory. */
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { normalise } from '../../../../src-core/domain/search.ts';
import { image } from '../../../contract/vector-store/samples.ts';
import { randomFrom } from '../../../support/random.ts';

/** In MiB; `loaded` is what was resident at most with the codes in memory, `peak` when all had been compared. */
export interface PairsMemory {
  codes: number;
  loaded: number;
  peak: number;
  share: number;
  seconds: number;
}

const DIMENSION = 256;
const BATCH = 500;
const [file = '', count = '0'] = process.argv.slice(2);
const resident = (): number => process.resourceUsage().maxRSS / 1_024;

const store = await openSqliteVectors({ path: file });
const catalog = await store.ensureCatalog({ name: 'random', model: 'm', dimension: DIMENSION });
const { normal } = randomFrom(3);
const draw = () => normalise(Float32Array.from({ length: DIMENSION }, normal));
for (let i = 0; i < Number(count); i += BATCH) {
  const images = Array.from({ length: BATCH }, (_, n) => image(catalog, `${i + n}.jpg`, {}, draw()));
  await store.upsert(catalog.id, images);
}
await store.search({ catalogId: catalog.id, like: [{ vector: draw() }], limit: 10 });
const loaded = resident();
const began = performance.now();
let share = 0;
for (let cursor: string | null | undefined; cursor !== null;) {
  const page = await store.similarPairs(catalog.id, 0.9, cursor);
  ({ share, next: cursor } = page);
}
const memory: PairsMemory = {
  codes: (Number(count) * DIMENSION) / 2 ** 20,
  loaded,
  peak: resident(),
  share,
  seconds: (performance.now() - began) / 1_000,
};
await store.close();
process.send?.(memory);
