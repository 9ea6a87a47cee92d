import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { openQdrantVectors } from '../../src-core/adapters/vectors-qdrant/open-qdrant-vectors.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { startCli } from './cli.ts';
import { withStore } from './copies.ts';
import { makePictures } from './pictures.ts';
import { startQdrantDouble } from './qdrant-double/start.ts';
import { startRedis } from './redis-server.ts';
import { tempDir } from './temp-dir.ts';

/** For tests of catalogs that grow out of one machine. Each machine is a data dir, and its command line in processes of its own. */

export interface IndexDocument {
  import_id: string;
  completed: number;
  skipped: number;
  moved: number;
  missing: number;
  failed: number;
}

export interface Machine {
  dataDir: string;
  /** What a command prints as JSON; throws when it does not end with 0. */
  json<T>(...args: string[]): Promise<T>;
  index(folder: string, ...on: string[]): Promise<IndexDocument>;
  /** Path of the picture that is most like this one, itself among all. */
  find(path: string, ...on: string[]): Promise<string | undefined>;
}

export async function newMachine(): Promise<Machine> {
  const dataDir = await tempDir();

  async function json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await startCli(dataDir, [...args, '--json']).ended;
    if (code !== 0) throw new Error(`imagefleet ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  return {
    dataDir,
    json,
    index: (folder, ...on) => json('index', folder, '--workers', '1', ...on),
    async find(path, ...on) {
      const { results } = await json<{ results: { path: string }[] }>('search', path, '--limit', '1', ...on);
      return results[0]?.path;
    },
  };
}

/** A machine with a folder of so many pictures, which are indexed with the embedded pair. */
export async function newMachineWith(pictures: number): Promise<Machine & { folder: string }> {
  const machine = await newMachine();
  const folder = join(await tempDir(), 'pictures');
  await makePictures(folder, pictures);
  const { completed } = await machine.index(folder);
  if (completed !== pictures) throw new Error(`${completed} of ${pictures} pictures were indexed`);
  return { ...machine, folder };
}

export interface Servers {
  /** Options of a command that uses them. */
  on: string[];
  /** Where there is none of its own, the machine's. */
  queue: TaskQueue;
  qdrantUrl: string | null;
  /** All that the store holds, by their names in it. */
  records(): Promise<Map<string, ImageRecord>>;
}

/** A Redis server and the Qdrant double, or one of them, for a machine that has the other embedded. */
export async function startServers(
  { redis, qdrant }: { redis: boolean; qdrant: boolean },
  { dataDir }: Pick<Machine, 'dataDir'>,
): Promise<Servers> {
  const redisUrl = redis ? (await startRedis()).url : null;
  const qdrantUrl = qdrant ? (await startDouble()).url : null;
  const settings = settingsSchema.parse({});
  const queue = redisUrl
    ? await openRedisQueue({ url: redisUrl, settings })
    : await openSqliteQueue({ path: join(dataDir, 'queue.db'), settings });
  onTestFinished(() => queue.close());
  const store = qdrantUrl === null ? null : await openServer(qdrantUrl);
  return {
    on: [...(redisUrl ? ['--redis', redisUrl] : []), ...(qdrantUrl ? ['--qdrant', qdrantUrl] : [])],
    queue,
    qdrantUrl,
    records: () => (store ? recordsIn(store) : withStore(dataDir, recordsIn)),
  };
}

async function startDouble() {
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  return double;
}

async function openServer(url: string): Promise<VectorStore> {
  const store = await openQdrantVectors({ url, timeoutMs: 10_000, quantization: 'int8', onDisk: false });
  onTestFinished(() => store.close());
  return store;
}

/** The records of the store's only catalog, by their names in it. Throws where two have one name. */
export async function recordsIn(store: VectorStore): Promise<Map<string, ImageRecord>> {
  const [catalog] = await store.catalogs();
  const images = await store.scroll(catalog!.id, 1_000);
  const records = new Map(images.map(({ record }) => [record.canonicalName, record]));
  if (records.size < images.length) throw new Error('two records have the same name');
  return records;
}
