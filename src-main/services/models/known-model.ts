import { basename, join, resolve } from 'node:path';
import type { AppError } from '../../../src-core/domain/app-error.ts';
import type { ModelManifest } from '../../../src-core/domain/model-manifest.ts';

/** A manifest that was found; `problem` says why it cannot be used. */
export interface KnownModel {
  dir: string;
  file: string;
  manifest: ModelManifest | null;
  problem: AppError | null;
}

/** A damaged manifest has the id that its file is named after. */
export const idOf = ({ manifest, file }: KnownModel): string => manifest?.id ?? basename(file, '.json');

/** Where models of this data dir are. */
export const modelFolder = (dataDir: string): string => join(dataDir, 'models');

export const isIn = (folder: string, { dir }: KnownModel): boolean => resolve(dir) === resolve(folder);
