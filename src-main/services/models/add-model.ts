import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import {
  filesOf,
  modelManifest,
  TOKENIZER_SUFFIX,
  type ModelManifest,
} from '../../../src-core/domain/model-manifest.ts';
import { manifestOf, type FileSum, type ModelOffer } from '../../../src-core/domain/model-offer.ts';
import { sumOf } from './sum-of.ts';

/** A model as it lies somewhere, checked: its files by their names beside the manifest. */
export interface FoundModel {
  manifest: ModelManifest;
  files: Record<string, string>;
}

/**
 * A manifest with its files beside it, or a folder with exactly one. Throws NOT_FOUND, INVALID_INPUT, and MODEL_INVALID for
 * a file that has not the manifest's checksum.
 */
export async function modelWithManifest(path: string): Promise<FoundModel> {
  const file = await manifestFile(path);
  const manifest = await readManifest(file);
  const files: Record<string, string> = {};
  for (const { file: name, sha256 } of filesOf(manifest)) {
    const from = join(dirname(file), name);
    const found = await sumOrThrow(from);
    if (found.sha256 !== sha256) {
      throw new AppError('MODEL_INVALID', `${from} has SHA-256 ${found.sha256}, its manifest says ${sha256}`);
    }
    files[name] = from;
  }
  return { manifest, files };
}

/**
 * The files of an offer as they were fetched by hand: in `folder` under their paths in the repository, or their names.
 * Throws NOT_FOUND, which names all that are not there, and MODEL_INVALID for a known checksum that differs.
 */
export async function modelOfHub(folder: string, offer: ModelOffer): Promise<FoundModel> {
  const files: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, { path }] of Object.entries(offer.files)) {
    const found = await firstFile([join(folder, path), join(folder, basename(path)), join(folder, name)]);
    if (found === null) missing.push(path);
    else files[name] = found;
  }
  if (missing.length > 0) throw new AppError('NOT_FOUND', `${folder} lacks ${missing.join(', ')}`);
  const sums: Record<string, FileSum> = {};
  for (const [name, file] of Object.entries(files)) {
    const { sha256 } = offer.files[name]!;
    const sum = await sumOrThrow(file);
    if (sha256 !== null && sum.sha256 !== sha256) {
      throw new AppError('MODEL_INVALID', `${file} has SHA-256 ${sum.sha256}, and should have ${sha256}`);
    }
    sums[name] = sum;
  }
  return { manifest: manifestOf(offer, sums), files };
}

async function manifestFile(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError('NOT_FOUND', `there is no file or folder ${path}`, { cause: error });
  });
  if (!found.isDirectory()) return path;
  const names = await readdir(path);
  const manifests = names.filter((name) => name.endsWith('.json') && !name.endsWith(TOKENIZER_SUFFIX));
  if (manifests.length === 1) return join(path, manifests[0]!);
  throw new AppError(
    'INVALID_INPUT',
    `${path} has ${manifests.length} manifests (*.json): name the one that is meant; for files as a hub has them, say which model they are (--as)`,
  );
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

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) return path;
  }
  return null;
}

function sumOrThrow(file: string): Promise<FileSum> {
  return sumOf(file).catch((error: Error) => {
    throw new AppError('MODEL_INVALID', `${file}: ${error.message}`, { cause: error });
  });
}
