import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, toAppError } from '../../../src-core/domain/app-error.ts';
import { manifestOf, type FileSum, type ModelOffer } from '../../../src-core/domain/model-offer.ts';
import { isDead, PROCESS_OWNER } from '../imports/owner.ts';
import { fetchFile, type FetchOptions, type Patience } from './fetch-file.ts';
import { install } from './install.ts';
import { sumOf } from './sum-of.ts';

export interface DownloadOptions {
  /** Address of the hub or of a mirror of it, without a slash at its end. */
  hub: string;
  /** Where models are; what has come in part is kept below it. */
  folder: string;
  signal: AbortSignal;
  patience?: Patience | undefined;
  /** Which of its files is coming, and of all of them: `total` null while a size is not known. */
  onProgress: (file: string, bytes: number, total: number | null) => void;
}

/** What came of a model that is not whole yet; the next download goes on from there. */
export const partsFolder = (folder: string, id: string): string => join(folder, 'downloads', id);

/**
 * Brings an offer's files, one after another, and makes a model of them. Throws CONFLICT while another process of this machine
 * does the same, what `fetchFile` throws, and what `install` throws.
 */
export async function downloadModel(offer: ModelOffer, options: DownloadOptions): Promise<void> {
  const parts = partsFolder(options.folder, offer.manifest.id);
  await mkdir(parts, { recursive: true }).catch((error: Error) => {
    throw new AppError('DATA_DIR_UNUSABLE', error.message, { cause: error });
  });
  const unlock = await lock(join(parts, 'owner'));
  try {
    const sums = await fetchAll(offer, parts, options);
    const files = Object.fromEntries(Object.keys(offer.files).map((name) => [name, join(parts, name)]));
    await install(options.folder, manifestOf(offer, sums), files, true);
    await rm(parts, { recursive: true, force: true });
  } catch (error) {
    throw explained(error, offer, options.hub);
  } finally {
    await unlock();
  }
}

async function fetchAll(
  { files, repository, revision }: ModelOffer,
  parts: string,
  { hub, signal, patience, onProgress }: DownloadOptions,
): Promise<Record<string, FileSum>> {
  const sums: Record<string, FileSum> = {};
  const sizes = new Map(Object.entries(files).map(([name, { bytes }]) => [name, bytes]));
  let before = 0;
  for (const [name, { path, sha256, bytes }] of Object.entries(files)) {
    const to = join(parts, name);
    const came = await sumOf(to).catch(() => null); // by an earlier download
    const wanted = { url: `${hub}/${repository}/resolve/${revision}/${path}`, sha256, bytes };
    const tell: FetchOptions['onProgress'] = (got, size) => {
      sizes.set(name, size);
      const all = [...sizes.values()];
      const total = all.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
      onProgress(name, before + got, total);
    };
    const isThere = came !== null && (sha256 === null || came.sha256 === sha256);
    const sum = isThere
      ? came
      : await fetchFile(wanted, to, { signal, onProgress: tell, ...(patience && { patience }) });
    tell(sum.bytes, sum.bytes);
    sums[name] = sum;
    before += sum.bytes;
  }
  return sums;
}

/** Two that add to one part would spoil it. Answers what gives it back. */
async function lock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(file, PROCESS_OWNER, { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new AppError('DATA_DIR_UNUSABLE', (error as Error).message, { cause: error });
      }
      const owner = await readFile(file, 'utf8').catch(() => '');
      if (owner !== '' && !isDead(owner)) {
        throw new AppError('CONFLICT', `another process (${owner}) is downloading this model`);
      }
      await rm(file, { force: true });
    }
  }
}

/** Without a network the files can still be brought. */
function explained(thrown: unknown, offer: ModelOffer, hub: string): AppError {
  const error = toAppError(thrown);
  if (error.code !== 'DOWNLOAD_FAILED') return error;
  const { files, repository, revision, manifest } = offer;
  const paths = Object.values(files).map(({ path }) => path);
  return new AppError(
    error.code,
    `${error.message}. What has come is kept. Without a network, bring ${paths.join(', ')} of ` +
      `${hub}/${repository}/tree/${revision} in a folder, and: imagefleet models add FOLDER --as ${manifest.id}`,
    { cause: error },
  );
}
