import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import { filesOf, type ModelManifest } from '../../../src-core/domain/model-manifest.ts';
import type { ModelOffer } from '../../../src-core/domain/model-offer.ts';
import { saveSettings } from '../../../src-core/settings/save.ts';
import { modelOfHub, modelWithManifest } from './add-model.ts';
import { partsFolder } from './download-model.ts';
import { createDownloads, type Download } from './downloads.ts';
import type { Patience } from './fetch-file.ts';
import { install, refuseTaken } from './install.ts';
import { idOf, isIn, modelFolder, type KnownModel } from './known-model.ts';

export type { Download };

/** A model that is installed, or that can be downloaded. */
export interface ListedModel {
  id: string;
  /** Null where it is not installed, or its manifest is damaged. */
  manifest: ModelManifest | null;
  /** Null where nobody offers it. */
  offer: ModelOffer | null;
  installed: boolean;
  /** The model of new catalogs. */
  inUse: boolean;
  /** Came with the program; else it was added to this data dir. */
  builtIn: boolean;
  /** Why it cannot be used. */
  problem: AppError | null;
  download: Download | null;
}

export interface Models {
  /** Those that are installed, then those that can be. Of two with the same id, only the first is used, and only that one told. */
  list(): Promise<ListedModel[]>;
  /** Throws NOT_FOUND, which names those that there are. */
  get(id: string): Promise<ListedModel>;
  /**
   * Copies a model into the data dir: a manifest with its files beside it, or the folder of both; with `as`, a folder with
   * the files of that offer as the hub has them. Answers its id. Throws NOT_FOUND, INVALID_INPUT, MODEL_INVALID, CONFLICT
   * for an id or file name that is taken, DISK_FULL, DATA_DIR_UNUSABLE.
   */
  add(path: string, as?: string): Promise<string>;
  /** Starts to bring one, or to go on; answers at once. Throws NOT_FOUND, and CONFLICT for one that is installed. */
  download(id: string): Promise<void>;
  /** Resolves with the end of a download of this process. */
  finished(id: string): Promise<Download>;
  /** What has come is kept for the next download. Throws CONFLICT when none runs. */
  cancel(id: string): Promise<void>;
  /** Also what has come of one in part. Throws NOT_FOUND; FORBIDDEN for one that came with the program; CONFLICT while it is used. */
  remove(id: string): Promise<void>;
  /** It is that of new catalogs from the next start on. Throws NOT_FOUND, MODEL_INVALID. */
  use(id: string): Promise<void>;
  /** Downloads of this process. */
  downloads(): [id: string, download: Download][];
  /** Resolves with the next change of a download, or with `signal`. */
  changed(signal: AbortSignal): Promise<void>;
  /** Ends all downloads. */
  close(): Promise<void>;
}

export interface ModelParts {
  dataDir: string;
  /** Id of the model of new catalogs. */
  inUse: string;
  /** Address of the hub. */
  hub: string;
  patience?: Patience;
  installed: () => Promise<KnownModel[]>;
  offers: () => Promise<ModelOffer[]>;
  catalogs: () => Promise<Catalog[]>;
}

export function createModels({ dataDir, inUse, hub, patience, installed, offers, catalogs }: ModelParts): Models {
  const folder = modelFolder(dataDir);
  const downloads = createDownloads({ hub: hub.replace(/\/+$/, ''), folder, patience });

  async function list(): Promise<ListedModel[]> {
    const offered = await offers();
    const models = new Map<string, ListedModel>();
    for (const model of await installed()) {
      const id = idOf(model);
      if (models.has(id)) continue;
      const { manifest, problem } = model;
      const offer = offered.find((one) => one.manifest.id === id) ?? null;
      const builtIn = !isIn(folder, model);
      models.set(id, { ...stateOf(id), manifest, offer, installed: true, builtIn, problem });
    }
    for (const offer of offered) {
      const { id } = offer.manifest;
      if (models.has(id)) continue;
      models.set(id, { ...stateOf(id), manifest: null, offer, installed: false, builtIn: false, problem: null });
    }
    return [...models.values()];
  }

  const stateOf = (id: string) => ({ id, inUse: id === inUse, download: downloads.get(id) });

  async function get(id: string): Promise<ListedModel> {
    const models = await list();
    const found = models.find((model) => model.id === id);
    if (found) return found;
    const ids = models.map((model) => model.id).join(', ') || 'none';
    throw new AppError('NOT_FOUND', `there is no model "${id}"; there are: ${ids}`);
  }

  /** Throws NOT_FOUND for one that nobody offers, CONFLICT for one that is there. */
  async function offerOf(id: string): Promise<ModelOffer> {
    const { offer, installed: isThere, problem } = await get(id);
    if (isThere && !problem) throw new AppError('CONFLICT', `there is a model "${id}" already`);
    if (!offer) throw new AppError('NOT_FOUND', `the model "${id}" is none that can be downloaded`);
    return offer;
  }

  async function refuseWhileUsed(id: string): Promise<void> {
    if (id === inUse) {
      throw new AppError('CONFLICT', `the model "${id}" is in use: "imagefleet models use" takes another`);
    }
    const made = (await catalogs()).filter(({ model }) => model === id).map(({ name }) => name);
    if (made.length === 0) return;
    throw new AppError(
      'CONFLICT',
      `the model "${id}" is that of ${made.join(', ')}: nobody could search them without it`,
    );
  }

  return {
    list,
    get,

    async add(path, as) {
      const from = resolve(path);
      const found = as === undefined ? await modelWithManifest(from) : await modelOfHub(from, await offerOf(as));
      const { id } = found.manifest;
      refuseTaken(await installed(), folder, id, Object.keys(found.files));
      await install(folder, found.manifest, found.files);
      return id;
    },

    async download(id) {
      const offer = await offerOf(id);
      refuseTaken(await installed(), folder, id, Object.keys(offer.files));
      downloads.start(offer);
    },

    finished: downloads.finished,
    cancel: downloads.cancel,

    async remove(id) {
      const { builtIn, installed: isThere } = await get(id);
      const parts = partsFolder(folder, id);
      const hasParts = await stat(parts).then(
        () => true,
        () => false,
      );
      if (!isThere && !hasParts) throw new AppError('NOT_FOUND', `the model "${id}" is not installed`);
      if (isThere && builtIn) throw new AppError('FORBIDDEN', `the model "${id}" came with the program and stays`);
      if (downloads.get(id)?.state === 'running') {
        throw new AppError('CONFLICT', `the model "${id}" is being downloaded: cancel that first`);
      }
      if (isThere) await refuseWhileUsed(id);
      for (const model of await installed()) {
        if (!isIn(folder, model) || idOf(model) !== id) continue;
        await rm(join(folder, model.file), { force: true });
        for (const { file } of model.manifest ? filesOf(model.manifest) : [])
          await rm(join(folder, file), { force: true });
      }
      await rm(parts, { recursive: true, force: true });
      downloads.forget(id);
    },

    async use(id) {
      const { problem, installed: isThere } = await get(id);
      if (problem) throw problem;
      if (!isThere) throw new AppError('NOT_FOUND', `the model "${id}" is not installed: download it first`);
      await saveSettings(dataDir, { 'model.id': id });
    },

    downloads: downloads.all,
    changed: downloads.changed,
    close: downloads.close,
  };
}
