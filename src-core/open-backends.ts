import { join } from 'node:path';
import type { InstalledModel } from './adapters/embedder-onnx/load-model.ts';
import type { ModelManifest } from './domain/model-manifest.ts';
import type { Embedder } from './ports/embedder.ts';
import type { Finder } from './ports/finder.ts';
import type { ImportLog } from './ports/import-log.ts';
import type { Pictures } from './ports/pictures.ts';
import type { TaskQueue } from './ports/task-queue.ts';
import type { Thumbnailer } from './ports/thumbnailer.ts';
import type { VectorStore } from './ports/vector-store.ts';
import type { DataDir } from './settings/data-dir.ts';
import { installationRoot } from './settings/installation.ts';
import type { Settings } from './settings/schema.ts';

// The one file that knows every adapter. Each is loaded when it is first opened: `imagefleet status` must not pay for
// onnxruntime or sharp, and a host never holds native picture code at all.

export async function openQueue(settings: Settings, dataDir: DataDir): Promise<TaskQueue> {
  const { openSqliteQueue } = await import('./adapters/queue-sqlite/open-sqlite-queue.ts');
  return openSqliteQueue({ path: dataDir.queue, settings });
}

export async function openStore(settings: Settings, dataDir: DataDir): Promise<VectorStore> {
  const { openSqliteVectors } = await import('./adapters/vectors-sqlite/open-sqlite-vectors.ts');
  return openSqliteVectors({ path: dataDir.vectors, durability: settings.queue.durability });
}

export async function openImports(dataDir: DataDir): Promise<ImportLog> {
  const { openSqliteImports } = await import('./adapters/imports-sqlite/open-sqlite-imports.ts');
  return openSqliteImports({ path: dataDir.imports });
}

/**
 * The manifest of a model and where its file is: among the data dir's own, else among those that came with the program.
 * Throws MODEL_NOT_FOUND, MODEL_INVALID.
 */
export async function findModel(dataDir: DataDir, modelId: string): Promise<InstalledModel> {
  const { loadModel } = await import('./adapters/embedder-onnx/load-model.ts');
  return loadModel([join(dataDir.root, 'models'), join(installationRoot(), 'resources', 'models')], modelId);
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
  return createFinder({
    store,
    openEmbedder: (modelId) => openEmbedder(settings, dataDir, modelId),
    openPictures: (model) => openPictures(settings, model),
    openThumbnailer: () => openThumbnailer(settings),
    async readPicture(path) {
      const { readPicture } = await import('./adapters/pictures-sharp/read-picture.ts');
      return (await readPicture(path, null, settings.limits.maxBytes)).bytes;
    },
  });
}
