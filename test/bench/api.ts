import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRedis } from '../support/redis-server.ts';
import { fillStore } from './api/fill-store.ts';
import { load, type Load } from './api/load.ts';
import { startServer, type BenchServer } from './api/server.ts';
import { openStreams } from './api/streams.ts';
import { printReport, writeJson } from './report.ts';

const HELP = `npm run bench -- api [--tasks 40000] [--streams 1000] [--pictures 100000] [--large]

Enqueueing over HTTP, one by one and 1,000 at a time, on Redis and on SQLite, beside a bare Fastify route that does one RPUSH
(the floor), open event streams, and searches by a stored picture. Server, load and Redis share the machine; rate limits are off, requests are logged nowhere.
--large   the server's memory before and after a million enqueues, 100,000 status calls and the streams
Ends with 1 when a limit is missed: 10,000 single enqueues a second on Redis, half the floor's rate, 30,000 tasks a second in
batches; with --large, memory within 20 %.`;

const CONNECTIONS = 32;
const BATCH = 1_000;

interface Options {
  tasks: number;
  streams: number;
  pictures: number;
}

export async function benchApi(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string', default: '40000' },
      streams: { type: 'string', default: '1000' },
      pictures: { type: 'string', default: '100000' },
      large: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const options = { tasks: Number(values.tasks), streams: Number(values.streams), pictures: Number(values.pictures) };
  const dir = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const { url } = await startRedis({ dir, atEnd: (stop) => void ends.push(stop) });
    const run = values.large ? benchMemory : benchRates;
    const limits = await run(url, dir, options);
    printReport({ title: 'Limits', rows: limits.map((limit) => ({ ...limit, met: limit.met ? 'yes' : 'NO' })) });
    if (limits.some(({ met }) => !met)) process.exitCode = 1;
  } finally {
    for (const end of ends) await end();
    await rm(dir, { recursive: true, force: true });
  }
}

async function benchRates(redis: string, dir: string, options: Options) {
  const bare = await withServer('bare', redis, dir, (server, body) => single(server, body, options.tasks));
  const onRedis = await withServer('ours', redis, dir, (server, body) => all(server, body, options));
  const onSqlite = await withServer('ours', '', dir, (server, body) => all(server, body, options));
  printReport({
    title: `Tasks a second over HTTP, ${CONNECTIONS} connections (${options.tasks} tasks)`,
    rows: [
      row('bare Fastify, RPUSH', bare),
      row('one by one, Redis', onRedis.single),
      row('one by one, SQLite', onSqlite.single),
      row(`${BATCH} at a time, Redis`, onRedis.batch),
      row(`${BATCH} at a time, SQLite`, onSqlite.batch),
    ],
  });
  printReport({
    title: `${options.streams} open event streams`,
    rows: [
      { queue: 'Redis', ...onRedis.streams },
      { queue: 'SQLite', ...onSqlite.streams },
    ],
  });
  const searches = await benchSearches(dir, options.pictures);
  printReport({
    title: `Searches a second over HTTP, ${options.pictures} pictures on the embedded store, the ten best`,
    rows: searches.map(({ connections, ...one }) => row(`${connections} at a time`, one)),
  });
  await writeJson('api', { bare, redis: onRedis, sqlite: onSqlite, searches });
  return [
    atLeast('one by one on Redis, a second', onRedis.single.perSecond, 10_000),
    atLeast('of the bare route', onRedis.single.perSecond / bare.perSecond, 0.5),
    atLeast('in batches on Redis, tasks a second', onRedis.batch.perSecond, 30_000),
  ];
}

async function all(server: BenchServer, body: string, { tasks, streams }: Options) {
  return {
    single: await single(server, body, tasks),
    batch: await batches(server, body, tasks * 2),
    streams: await listen(server, body, streams),
  };
}

const SEARCHES = 1_000;

async function benchSearches(dir: string, pictures: number) {
  const folder = await mkdtemp(join(dir, 'search-'));
  const data = join(folder, 'data');
  const ids = await fillStore(data, pictures);
  const server = await startServer('ours', '', data, folder);
  try {
    let n = 0;
    const body = (): string => JSON.stringify({ image_id: ids[(n += 7_919) % ids.length], limit: 10 });
    const options = { port: server.port, path: '/search', body, pipelining: 1 };
    await load({ ...options, connections: 1, requests: 20 }); // the finder starts, and reads the store
    const runs = [];
    for (const connections of [1, 8]) {
      runs.push({ connections, ...(await load({ ...options, connections, requests: SEARCHES })) });
    }
    return runs;
  } finally {
    await server.stop();
  }
}

async function single({ port }: BenchServer, body: string, requests: number): Promise<Load> {
  const options = { port, path: '/queue/enqueue', body, connections: CONNECTIONS, pipelining: 1 };
  await load({ ...options, requests: Math.min(5_000, requests) }); // warm
  return load({ ...options, requests });
}

async function batches({ port }: BenchServer, body: string, tasks: number): Promise<Load> {
  const many = `[${Array.from({ length: BATCH }, () => body).join(',')}]`;
  const options = { port, path: '/queue/enqueue/batch', body: many, connections: 4, pipelining: 1 };
  await load({ ...options, requests: 4 }); // warm
  const run = await load({ ...options, requests: Math.ceil(tasks / BATCH) });
  return { ...run, perSecond: run.perSecond * BATCH };
}

async function listen(server: BenchServer, body: string, count: number) {
  const before = await server.memory();
  const from = performance.now();
  const streams = await openStreams(server.port, count);
  const opened = performance.now();
  const heard = streams.hear(1);
  const sent = performance.now();
  await load({ port: server.port, path: '/queue/enqueue', body, connections: 1, pipelining: 1, requests: 1 });
  await heard;
  const told = performance.now();
  const bytes = (await server.memory()) - before;
  streams.close();
  return {
    'ms to open': Math.round(opened - from),
    'ms until all heard': Math.round(told - sent),
    'KiB a stream': Math.round(bytes / 1_024 / count),
  };
}

async function benchMemory(redis: string, dir: string, { streams }: Options) {
  const [before, after] = await withServer('ours', redis, dir, async (server, body) => {
    await single(server, body, 50_000);
    const start = await server.memory();
    await single(server, body, 500_000);
    await batches(server, body, 500_000);
    await statuses(server, body, 100_000);
    (await openStreams(server.port, streams)).close();
    return [start, await server.memory()] as const;
  });
  await writeJson('api-memory', { before, after });
  const share = after / before;
  return [{ limit: 'memory after, of before', is: round(share), wanted: '≤ 1.2', met: share <= 1.2 }];
}

async function statuses({ port }: BenchServer, body: string, requests: number): Promise<void> {
  const known = body.replace('{', '{"task_id":"known",');
  await load({ port, path: '/queue/enqueue', body: known, connections: 1, pipelining: 1, requests: 1 });
  const path = '/queue/status/known';
  await load({ port, method: 'GET', path, body: '', connections: CONNECTIONS, pipelining: 1, requests });
}

async function withServer<T>(
  kind: 'ours' | 'bare',
  redis: string,
  dir: string,
  run: (server: BenchServer, body: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(dir, 'run-'));
  const root = join(folder, 'pictures');
  const picture = join(root, '2024/summer/0001.jpg');
  await mkdir(join(root, '2024/summer'), { recursive: true });
  await writeFile(picture, 'not read');
  const server = await startServer(kind, redis, join(folder, 'data'), root);
  try {
    return await run(server, JSON.stringify({ image_path: picture, product_id: '7', metadata: { colour: 'blue' } }));
  } finally {
    await server.stop();
  }
}

function row(what: string, { perSecond, p50, p99 }: Load) {
  return { what, 'a second': Math.round(perSecond), 'p50 ms': round(p50), 'p99 ms': round(p99) };
}

function atLeast(limit: string, is: number, least: number) {
  return { limit, is: round(is), wanted: `≥ ${least}`, met: is >= least };
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
