/** Measures one store of one size: `search-child.ts KIND COUNT QUERIES`; sends a SearchRun. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import type { Catalog } from '../../src-core/domain/catalog.ts';
import type { Filter } from '../../src-core/domain/search.ts';
import { recordOf } from './search-records.ts';
import { DIMENSION, type VectorKind, vectorSource } from './search-vectors.ts';

/** Times in ms, memory in MiB; `recall` among the ten best. */
export interface SearchRun {
  kind: VectorKind;
  count: number;
  upsertCpu: number;
  firstQuery: number;
  memory: number;
  searches: { what: string; p50: number; p95: number; cpu: number; recall: number }[];
}

const LIMIT = 10;
const BATCH = 256;
const MIB = 2 ** 20;

/** Picture n has the product P(n mod 100) and is 1 + n mod 100 pixels wide. */
const FILTERS: { what: string; share: number; filter: Filter }[] = [
  { what: 'all', share: 100, filter: [] },
  {
    what: '10 %, indexed field',
    share: 10,
    filter: [{ field: 'productId', anyOf: Array.from({ length: 10 }, (_, i) => `P${i}`) }],
  },
  { what: '10 %, other field', share: 10, filter: [{ field: 'width', range: { lte: 10 } }] },
  { what: '1 %, indexed field', share: 1, filter: [{ field: 'productId', anyOf: ['P0'] }] },
];

const [kind, count, queryCount] = [process.argv[2] as VectorKind, Number(process.argv[3]), Number(process.argv[4])];
const nextQuery = vectorSource(kind, count, 2);
const queries = Array.from({ length: queryCount }, nextQuery);

/** The best pictures so far, worst last; by number. */
type Best = { picture: number; score: number }[];

function consider(best: Best, picture: number, score: number): void {
  if (best.length === LIMIT && score <= best[LIMIT - 1]!.score) return;
  const place = best.findIndex((one) => one.score < score);
  best.splice(place < 0 ? best.length : place, 0, { picture, score });
  if (best.length > LIMIT) best.pop();
}

function dot(a: Float32Array, b: Float32Array, offset = 0): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[offset + i]!;
  return sum;
}

/** Loads through the store's own upsert and finds the true answers on the way, so that no vector has to be kept. */
async function load(path: string): Promise<{ catalog: Catalog; truth: Map<number, Best[]>; cpu: number }> {
  const store = await openSqliteVectors({ path });
  const catalog = await store.ensureCatalog({ name: kind, model: 'bench', dimension: DIMENSION });
  const next = vectorSource(kind, count, 1);
  const truth = new Map([100, 10, 1].map((share) => [share, queries.map((): Best => [])]));
  let cpu = 0;
  for (let start = 0; start < count; start += BATCH) {
    const images = Array.from({ length: Math.min(BATCH, count - start) }, (_, i) => ({
      record: recordOf(catalog, start + i),
      vector: next(),
    }));
    images.forEach(({ vector }, i) =>
      queries.forEach((query, q) => {
        const score = dot(query, vector);
        for (const [share, bests] of truth) if ((start + i) % 100 < share) consider(bests[q]!, start + i, score);
      }),
    );
    const before = process.cpuUsage();
    await store.upsert(catalog.id, images);
    cpu += cpuSince(before);
  }
  await store.close();
  return { catalog, truth, cpu };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function measure(what: string, truth: Best[], search: (query: Float32Array) => Promise<number[]>) {
  await search(nextQuery());
  const times: number[] = [];
  let hits = 0;
  let wanted = 0;
  const before = process.cpuUsage();
  for (const [q, query] of queries.entries()) {
    const start = performance.now();
    const found = new Set(await search(query));
    times.push(performance.now() - start);
    wanted += truth[q]!.length;
    hits += truth[q]!.filter(({ picture }) => found.has(picture)).length;
  }
  const cpu = cpuSince(before) / queries.length;
  times.sort((a, b) => a - b);
  return {
    what,
    p50: times[times.length >> 1]!,
    p95: times[Math.floor(times.length * 0.95)]!,
    cpu,
    recall: hits / wanted,
  };
}

/** The plain way: all vectors as floats in one array, one loop. */
async function measurePeer(truth: Best[]): Promise<SearchRun['searches'][number]> {
  const next = vectorSource(kind, count, 1);
  const matrix = new Float32Array(count * DIMENSION);
  for (let n = 0; n < count; n++) matrix.set(next(), n * DIMENSION);
  return measure('all, plain JS scan', truth, async (query) => {
    const best: Best = [];
    for (let n = 0; n < count; n++) consider(best, n, dot(query, matrix, n * DIMENSION));
    return best.map(({ picture }) => picture);
  });
}

const cache = resolve(import.meta.dirname, '../../.cache/bench');
const folder = await mkdtemp(join(cache, 'search-'));
try {
  const path = join(folder, 'vectors.db');
  const { catalog, truth, cpu } = await load(path);
  globalThis.gc?.();
  const rssBefore = process.memoryUsage.rss();
  const store = await openSqliteVectors({ path });
  const search = async (query: Float32Array, filter: Filter): Promise<number[]> => {
    const hits = await store.search({ catalogId: catalog.id, like: [{ vector: query }], filter, limit: LIMIT });
    return hits.map(({ record }) => record.bytes - 3_000_000);
  };
  const start = performance.now();
  await search(nextQuery(), []);
  const firstQuery = performance.now() - start;
  const searches = [];
  for (const { what, share, filter } of FILTERS) {
    searches.push(await measure(what, truth.get(share)!, (query) => search(query, filter)));
  }
  globalThis.gc?.();
  const memory = (process.memoryUsage.rss() - rssBefore) / MIB;
  await store.close();
  searches.push(await measurePeer(truth.get(100)!));
  process.send?.({ kind, count, upsertCpu: cpu / count, firstQuery, memory, searches } satisfies SearchRun);
} finally {
  await rm(folder, { recursive: true, force: true });
}
