import { join } from 'node:path';
import type { RedisReport } from './adapters/queue-redis/checks.ts';
import { redactUrl } from './adapters/queue-redis/connect-url.ts';
import type { FoundModel, InstalledModel } from './adapters/embedder-onnx/load-model.ts';
import { AppError } from './domain/app-error.ts';
import { DEFAULT_CATALOG, findCatalog } from './domain/catalog.ts';
import type { ModelManifest } from './domain/model-manifest.ts';
import type { ModelOffer } from './domain/model-offer.ts';
import type { DuplicateLog } from './ports/duplicate-log.ts';
import { parseSharedFolder, placeOf } from './domain/path-map.ts';
import type { Embedder } from './ports/embedder.ts';
import type { Finder } from './ports/finder.ts';
import type { ImportLog } from './ports/import-log.ts';
import type { Pictures } from './ports/pictures.ts';
import type { TaskQueue } from './ports/task-queue.ts';
import type { TextEmbedder } from './ports/text-embedder.ts';
import type { Thumbnailer } from './ports/thumbnailer.ts';
import type { VectorStore } from './ports/vector-store.ts';
import type { DataDir } from './settings/data-dir.ts';
import { installationRoot } from './settings/installation.ts';
import type { Settings } from './settings/schema.ts';
import type { Logger } from './telemetry/log.ts';

/** What a queue needs of the process that opens it. */
export interface QueueDeps {
  /** Tasks of other programs go to its catalogs. Without it they are left to those that have one. */
  store?: () => Promise<VectorStore>;
  /** It runs workers, and takes such tasks in at once. */
  isHost?: boolean;
  log?: () => Promise<Logger>;
}

// The one file that knows every adapter. Each is loaded when it is first opened: `imagefleet status` must not pay for
// onnxruntime or sharp, and a host never holds native picture code at all.

/** The embedded queue, or that of a Redis server. */
export async function openQueue(
  settings: Settings,
  dataDir: DataDir,
  { store, isHost = false, log }: QueueDeps = {},
): Promise<TaskQueue> {
  const { url } = settings.redis;
  if (url !== null) {
    const { openRedisQueue } = await import('./adapters/queue-redis/open-redis-queue.ts');
    return openRedisQueue({
      url,
      settings,
      ...(store && { plain: { catalogIdOf: catalogIds(settings, dataDir, store), wait: isHost } }),
      ...(log && { log: await log() }),
    });
  }
  const { openSqliteQueue } = await import('./adapters/queue-sqlite/open-sqlite-queue.ts');
  return openSqliteQueue({ path: dataDir.queue, settings });
}

/** For tasks that name their catalog, or none: then it is the default one, which is made where it is not. */
function catalogIds(settings: Settings, dataDir: DataDir, store: () => Promise<VectorStore>) {
  return async (name: string = DEFAULT_CATALOG): Promise<string> => {
    const opened = await store();
    if (name !== DEFAULT_CATALOG) return findCatalog(await opened.catalogs(), name).id;
    const { manifest } = await findModel(dataDir, settings.model.id);
    return (await opened.ensureCatalog({ name, model: manifest.id, dimension: manifest.output.dimension })).id;
  };
}

/** Version of the Redis server and what is unsafe about it; null for the embedded queue. Throws QUEUE_UNAVAILABLE. */
export async function checkQueueServer({ redis }: Settings): Promise<RedisReport | null> {
  if (redis.url === null) return null;
  const { connectRedis } = await import('./adapters/queue-redis/connect.ts');
  const { checkRedis } = await import('./adapters/queue-redis/checks.ts');
  const connection = await connectRedis(redis.url);
  try {
    return await checkRedis(connection);
  } finally {
    connection.close();
  }
}

/**
 * Whether a Qdrant server lets us in and can be used; null where there is none in the settings. Throws STORE_UNAVAILABLE,
 * INVALID_SETTINGS.
 */
export async function checkStoreServer({ qdrant }: Pick<Settings, 'qdrant'>): Promise<{ version: string } | null> {
  if (qdrant.url === null) return null;
  const { createConnection } = await import('./adapters/vectors-qdrant/connection.ts');
  const { checkVersion } = await import('./adapters/vectors-qdrant/check-version.ts');
  const connection = createConnection({ url: qdrant.url, apiKey: qdrant.apiKey, timeoutMs: qdrant.timeoutMs });
  const version = await checkVersion(connection, undefined);
  // The version is told to anybody.
  await connection.send(null, (client) => client.getCollections());
  return { version };
}

/** Where the queue is, for people. */
export function queuePlace({ redis }: Settings, dataDir: DataDir): string {
  return redis.url === null ? dataDir.root : redactUrl(redis.url);
}

/** The embedded store, or that of a Qdrant server. */
export async function openStore(
  settings: Settings,
  dataDir: DataDir,
  log?: () => Promise<Logger>,
): Promise<VectorStore> {
  const { url, ...qdrant } = settings.qdrant;
  if (url !== null) {
    const { openQdrantVectors } = await import('./adapters/vectors-qdrant/open-qdrant-vectors.ts');
    return openQdrantVectors({ url, ...qdrant, ...(log && { log: await log() }) });
  }
  const { openSqliteVectors } = await import('./adapters/vectors-sqlite/open-sqlite-vectors.ts');
  return openSqliteVectors({ path: dataDir.vectors, durability: settings.queue.durability });
}

export async function openImports(dataDir: DataDir): Promise<ImportLog> {
  const { openSqliteImports } = await import('./adapters/imports-sqlite/open-sqlite-imports.ts');
  return openSqliteImports({ path: dataDir.imports });
}

export async function openDuplicates(dataDir: DataDir): Promise<DuplicateLog> {
  const { openSqliteDuplicates } = await import('./adapters/duplicates-sqlite/open-sqlite-duplicates.ts');
  return openSqliteDuplicates({ path: dataDir.duplicates });
}

/**
 * The manifest of a model and where its file is: among the data dir's own, else among those that came with the program.
 * Throws MODEL_NOT_FOUND, MODEL_INVALID.
 */
export async function findModel(dataDir: DataDir, modelId: string): Promise<InstalledModel> {
  const { loadModel } = await import('./adapters/embedder-onnx/load-model.ts');
  return loadModel(modelDirs(dataDir), modelId);
}

/** Every manifest of a model, the damaged ones included; the first of an id is the one that is used. */
export async function installedModels(dataDir: DataDir): Promise<FoundModel[]> {
  const { listModels } = await import('./adapters/embedder-onnx/load-model.ts');
  return listModels(modelDirs(dataDir));
}

/** Models that can be downloaded: those that somebody put into the data dir, and those that the program knows. */
export async function offeredModels(dataDir: DataDir): Promise<ModelOffer[]> {
  const { listOffers } = await import('./adapters/embedder-onnx/load-model.ts');
  return listOffers(modelDirs(dataDir).map((dir) => join(dir, 'hub')));
}

function modelDirs(dataDir: DataDir): string[] {
  return [join(dataDir.root, 'models'), join(installationRoot(), 'resources', 'models')];
}

/** Throws MODEL_NOT_FOUND, MODEL_INVALID. */
export async function openEmbedder(
  settings: Settings,
  dataDir: DataDir,
  modelId: string = settings.model.id,
): Promise<Embedder> {
  const { openOnnxEmbedder } = await import('./adapters/embedder-onnx/open-onnx-embedder.ts');
  return openOnnxEmbedder(await findModel(dataDir, modelId), settings.model);
}

async function openTextEmbedder(settings: Settings, dataDir: DataDir, modelId: string): Promise<TextEmbedder> {
  const { openTextEmbedder: open } = await import('./adapters/embedder-onnx/open-text-embedder.ts');
  return open(await findModel(dataDir, modelId), settings.model);
}

/** A catalog may be searched by its words where its model is not. Throws MODEL_INVALID. */
async function hasTextSide(dataDir: DataDir, modelId: string): Promise<boolean> {
  try {
    return (await findModel(dataDir, modelId)).manifest.text !== undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'MODEL_NOT_FOUND') return false;
    throw error;
  }
}

/** Pictures decoded to what `model` takes. */
export async function openPictures(settings: Settings, model: ModelManifest): Promise<Pictures> {
  const { createPictures } = await import('./adapters/pictures-sharp/create-pictures.ts');
  return createPictures({ model, limits: settings.limits });
}

async function openThumbnailer(settings: Settings): Promise<Thumbnailer> {
  const { createThumbnailer } = await import('./adapters/thumbnailer-sharp/create-thumbnailer.ts');
  return createThumbnailer({ limits: settings.limits });
}

/** The query side, in this process; `store` stays the caller's. Models and decoders are opened when first needed. */
export async function openFinder(settings: Settings, dataDir: DataDir, store: VectorStore): Promise<Finder> {
  const { createFinder } = await import('./finder/create-finder.ts');
  const folders = settings.paths.map.map(parseSharedFolder);
  return createFinder({
    store,
    openEmbedder: (modelId) => openEmbedder(settings, dataDir, modelId),
    hasTextSide: (modelId) => hasTextSide(dataDir, modelId),
    openTextEmbedder: (modelId) => openTextEmbedder(settings, dataDir, modelId),
    openPictures: (model) => openPictures(settings, model),
    async measureProviders() {
      const { measureModel } = await import('./adapters/embedder-onnx/open-onnx-embedder.ts');
      return measureModel(await findModel(dataDir, settings.model.id), settings.model.threads);
    },
    openThumbnailer: () => openThumbnailer(settings),
    placeOf: ({ path, canonicalName }) => placeOf(canonicalName, folders, path) ?? path,
    async readPicture(path) {
      const { readPicture } = await import('./adapters/pictures-sharp/read-picture.ts');
      return (await readPicture(path, null, settings.limits.maxBytes)).bytes;
    },
  });
}
