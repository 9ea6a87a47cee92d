import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError, parseOrThrow } from '../../src-core/domain/app-error.ts';
import { modelManifest, type ModelManifest } from '../../src-core/domain/model-manifest.ts';
import type { Console } from '../console.ts';

/** A model that a person may use, or the reason why not. */
export interface ListedModel {
  id: string;
  manifest: ModelManifest | null;
  inUse: boolean;
  /** Came with the program; else it was added to this data dir. */
  builtIn: boolean;
  problem: AppError | null;
}

/** Those that `models add` put into this data dir. */
export const modelFolder = (dataDir: string): string => join(dataDir, 'models');

/** Of two with the same id, only the first is used, and only that one is told. */
export async function listedModels(console: Console): Promise<ListedModel[]> {
  const { settings, dataDir } = console;
  const models = new Map<string, ListedModel>();
  for (const { manifest, problem, dir, file } of await console.models()) {
    const id = manifest?.id ?? basename(file, '.json');
    if (models.has(id)) continue;
    const builtIn = resolve(dir) !== resolve(modelFolder(dataDir.root));
    models.set(id, { id, manifest, inUse: id === settings.model.id, builtIn, problem });
  }
  return [...models.values()];
}

/**
 * Copies a manifest and its ONNX file into the data dir. The model file is there before the manifest that names it, so that
 * nobody meets half a model. Throws NOT_FOUND, MODEL_INVALID (not the manifest's checksum), CONFLICT for an id or a file
 * name that is taken, DATA_DIR_UNUSABLE.
 */
export async function addModel(console: Console, path: string): Promise<ModelManifest> {
  const file = await manifestFile(resolve(path));
  const manifest = await readManifest(file);
  const { id, file: name, sha256 } = manifest;
  const source = join(dirname(file), name);
  const found = await hashOf(source);
  if (found !== sha256) {
    throw new AppError('MODEL_INVALID', `${source} has SHA-256 ${found}, its manifest says ${sha256}`);
  }
  const known = await console.models();
  if (known.some((model) => model.manifest?.id === id))
    throw new AppError('CONFLICT', `there is a model "${id}" already`);
  const folder = modelFolder(console.dataDir.root);
  if (known.some(({ dir, manifest: other }) => resolve(dir) === resolve(folder) && other?.file === name)) {
    throw new AppError('CONFLICT', `another model has the file ${join(folder, name)}: give yours another name`);
  }
  try {
    await mkdir(folder, { recursive: true });
    await putWhole(source, join(folder, name));
    await putWhole(file, join(folder, `${id}.json`));
  } catch (error) {
    throw new AppError('DATA_DIR_UNUSABLE', `${folder}: ${(error as Error).message}`, { cause: error });
  }
  return manifest;
}

/** Throws NOT_FOUND; FORBIDDEN for one that came with the program; CONFLICT while it is in use or a catalog has it. */
export async function removeModel(console: Console, id: string): Promise<void> {
  const model = await findModel(console, id);
  if (model.builtIn) throw new AppError('FORBIDDEN', `the model "${id}" came with the program and stays`);
  if (model.inUse) throw new AppError('CONFLICT', `the model "${id}" is in use: "imagefleet models use" takes another`);
  const catalogs = await (await console.catalogs()).list();
  const made = catalogs.filter((catalog) => catalog.model === id).map(({ name }) => name);
  if (made.length > 0) {
    throw new AppError(
      'CONFLICT',
      `the model "${id}" is that of ${made.join(', ')}: nobody could search them without it`,
    );
  }
  const folder = modelFolder(console.dataDir.root);
  const installed = await console.models();
  const ours = installed.filter(
    ({ dir, file, manifest }) => resolve(dir) === resolve(folder) && (manifest?.id ?? basename(file, '.json')) === id,
  );
  for (const { file, manifest } of ours) {
    await rm(join(folder, file), { force: true });
    if (manifest) await rm(join(folder, manifest.file), { force: true });
  }
}

/** Throws NOT_FOUND, which names those that there are. */
export async function findModel(console: Console, id: string): Promise<ListedModel> {
  const models = await listedModels(console);
  const found = models.find((model) => model.id === id);
  if (found) return found;
  const ids = models.map((model) => model.id).join(', ') || 'none';
  throw new AppError('NOT_FOUND', `there is no model "${id}"; there are: ${ids}`);
}

/** A manifest, or a folder with exactly one. */
async function manifestFile(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError('NOT_FOUND', `there is no file or folder ${path}`, { cause: error });
  });
  if (!found.isDirectory()) return path;
  const manifests = (await readdir(path)).filter((name) => name.endsWith('.json'));
  if (manifests.length === 1) return join(path, manifests[0]!);
  throw new AppError('INVALID_INPUT', `${path} has ${manifests.length} manifests (*.json): name the one that is meant`);
}

async function readManifest(file: string): Promise<ModelManifest> {
  const text = await readFile(file, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('MODEL_INVALID', `${file}: ${(error as Error).message}`, { cause: error });
  }
  return parseOrThrow(modelManifest, json, file, 'MODEL_INVALID');
}

async function hashOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new AppError('MODEL_INVALID', `${file}: ${error.message}`, { cause: error });
  });
  return createHash('sha256').update(bytes).digest('hex');
}

async function putWhole(from: string, to: string): Promise<void> {
  const made = `${to}.${randomUUID()}`;
  try {
    await copyFile(from, made);
    await rename(made, to);
  } finally {
    await rm(made, { force: true });
  }
}
