import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, parseOrThrow, toAppError } from '../../domain/app-error.ts';
import { modelOffer, type ModelOffer } from '../../domain/model-offer.ts';
import { modelManifest, type ModelManifest, TOKENIZER_SUFFIX } from '../../domain/model-manifest.ts';

/** A manifest that was found; `problem` says why it cannot be used. */
export type FoundModel = { dir: string; file: string } & (
  { manifest: ModelManifest; problem: null } | { manifest: null; problem: AppError }
);

/** A model that can be opened. */
export interface InstalledModel {
  manifest: ModelManifest;
  /** Absolute path of its ONNX file, which is checked when it is opened. */
  file: string;
}

/** All manifests (`*.json`) of the folders, in their order; a folder that is not there has none. */
export async function listModels(dirs: readonly string[]): Promise<FoundModel[]> {
  const lists = await Promise.all(dirs.map(listDir));
  return lists.flat();
}

/** Models that can be downloaded, of all folders in their order. Throws MODEL_INVALID, which names the file. */
export async function listOffers(dirs: readonly string[]): Promise<ModelOffer[]> {
  const lists = await Promise.all(dirs.map(async (dir) => Promise.all((await jsonFiles(dir)).map(readOffer))));
  return lists.flat();
}

/** The first model of that id. Throws MODEL_NOT_FOUND, which names those that exist, and MODEL_INVALID. */
export async function loadModel(dirs: readonly string[], id: string): Promise<InstalledModel> {
  const models = await listModels(dirs);
  const found = models.find(({ manifest, file }) => (manifest ? manifest.id === id : file === `${id}.json`));
  if (!found) {
    const ids = models.flatMap(({ manifest }) => (manifest ? [manifest.id] : [])).join(', ') || 'none';
    throw new AppError('MODEL_NOT_FOUND', `there is no model "${id}"; there are: ${ids}`);
  }
  if (!found.manifest) throw found.problem;
  return { manifest: found.manifest, file: join(found.dir, found.manifest.file) };
}

async function listDir(dir: string): Promise<FoundModel[]> {
  const files = (await jsonFiles(dir)).filter((path) => !path.endsWith(TOKENIZER_SUFFIX));
  return Promise.all(files.map((path) => readManifest(dir, basename(path))));
}

async function readOffer(path: string): Promise<ModelOffer> {
  try {
    return parseOrThrow(modelOffer, JSON.parse(await readFile(path, 'utf8')), path, 'MODEL_INVALID');
  } catch (error) {
    throw error instanceof SyntaxError ? new AppError('MODEL_INVALID', `${path}: ${error.message}`) : error;
  }
}

/** None where there is no such folder. */
async function jsonFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new AppError('MODEL_INVALID', `${dir} cannot be read: ${error.message}`, { cause: error });
  });
  const files = names.filter((name) => name.endsWith('.json')).toSorted();
  return files.map((name) => join(dir, name));
}

async function readManifest(dir: string, file: string): Promise<FoundModel> {
  const path = join(dir, file);
  try {
    const text = await readFile(path, 'utf8');
    return { dir, file, manifest: parseOrThrow(modelManifest, JSON.parse(text), path, 'MODEL_INVALID'), problem: null };
  } catch (error) {
    const problem = error instanceof SyntaxError ? new Error(`${path}: ${error.message}`, { cause: error }) : error;
    return { dir, file, manifest: null, problem: toAppError(problem, 'MODEL_INVALID') };
  }
}
