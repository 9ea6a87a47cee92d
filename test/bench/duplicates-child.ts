/** Looks for duplicates in one catalog: `duplicates-child.ts KIND COUNT`; sends a DuplicatesRun. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { encode } from '../../src-core/adapters/vectors-sqlite/codes.ts';
import { createMatrix } from '../../src-core/adapters/vectors-sqlite/matrix.ts';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { recordOf } from './search-records.ts';
import { DIMENSION, type VectorKind, vectorSource } from './search-vectors.ts';

/** Times in seconds, memory in MiB beside what a search needs. */
export interface DuplicatesRun {
  kind: VectorKind;
  count: number;
  pairs: number;
  blocks: number;
  cpu: number;
  memory: number;
  longestStepMs: number;
  /** One query at a time over the same codes, from a sample. */
  oneByOne: number;
}

const LEAST = 0.9;
const BATCH = 256;
const SAMPLE = 200;
const [kind, count] = [process.argv[2] as VectorKind, Number(process.argv[3])];
const resident = (): number => process.resourceUsage().maxRSS / 1_024;

async function scanAll(path: string): Promise<Omit<DuplicatesRun, 'oneByOne' | 'kind' | 'count'>> {
  const store = await openSqliteVectors({ path });
  const catalog = await store.ensureCatalog({ name: kind, model: 'bench', dimension: DIMENSION });
  const next = vectorSource(kind, count, 1);
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    const images = Array.from({ length: size }, (_, i) => ({ record: recordOf(catalog, from + i), vector: next() }));
    await store.upsert(catalog.id, images);
  }
  await store.search({ catalogId: catalog.id, like: [{ vector: next() }], limit: 10 });
  const before = { memory: resident(), cpu: process.cpuUsage(), at: performance.now() };
  let pairs = 0;
  let longestStepMs = 0;
  for (let cursor: string | null | undefined; cursor !== null;) {
    const began = performance.now();
    const page = await store.similarPairs(catalog.id, LEAST, cursor);
    longestStepMs = Math.max(longestStepMs, performance.now() - began);
    pairs += page.pairs.length;
    cursor = page.next;
  }
  const { user, system } = process.cpuUsage(before.cpu);
  const run = {
    pairs,
    blocks: (performance.now() - before.at) / 1_000,
    cpu: (user + system) / 1e6,
    memory: resident() - before.memory,
    longestStepMs,
  };
  await store.close();
  return run;
}

/** What the same would take by asking for each picture's nearest. */
function askOneByOne(): number {
  const next = vectorSource(kind, count, 1);
  const matrix = createMatrix(DIMENSION);
  matrix.reserve(count);
  const asked: Float32Array[] = [];
  for (let row = 1; row <= count; row++) {
    const vector = next();
    matrix.put(row, new Uint8Array(encode(vector).buffer));
    if (asked.length < SAMPLE) asked.push(vector);
  }
  const began = performance.now();
  for (const vector of asked) matrix.nearest(vector, 64);
  return ((performance.now() - began) / 1_000 / SAMPLE) * count;
}

const folder = await mkdtemp(join(resolve(import.meta.dirname, '../../.cache/bench'), 'duplicates-'));
try {
  const scanned = await scanAll(join(folder, 'vectors.db'));
  process.send?.({ kind, count, ...scanned, oneByOne: askOneByOne() } satisfies DuplicatesRun);
} finally {
  await rm(folder, { recursive: true });
}
