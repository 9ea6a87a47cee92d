import { resolve } from 'node:path';
import { AppError } from '../../src-core/domain/app-error.ts';
import { DEFAULT_CATALOG, findCatalog } from '../../src-core/domain/catalog.ts';
import { openStore } from '../../src-core/open-backends.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { openBackup } from '../services/copy/backup-reader.ts';
import { openBackupTarget } from '../services/copy/backup-writer.ts';
import type { CopySource, CopyTarget } from '../services/copy/sides.ts';
import { createStoreSource, openStoreTarget, type NamedStore } from '../services/copy/store-sides.ts';
import type { Cli } from './cli.ts';

export interface CopyPlaces {
  catalog?: string | undefined;
  as?: string | undefined;
  fromQdrant?: string | undefined;
  toQdrant?: string | undefined;
  fromFolder?: string | undefined;
  toFolder?: string | undefined;
}

export interface CopySides {
  source: CopySource;
  /** Null where the source is a folder. */
  sourceStore: VectorStore | null;
  /** Makes the catalog, or the folder, where it is not there yet. */
  openTarget(): Promise<CopyTarget>;
  close(): Promise<void>;
}

/**
 * Opens what is named, and for the side that is not named the store of the settings; where both would be the same Qdrant
 * server, the embedded store. Throws INVALID_INPUT, NOT_FOUND, CONFLICT, and what stores and backups throw.
 */
export async function openCopySides(cli: Cli, places: CopyPlaces): Promise<CopySides> {
  refuseUnclear(places);
  const { fromFolder, toFolder, fromQdrant, toQdrant } = places;
  const opened: NamedStore[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map(({ store }) => store.close()));
  };
  async function open(url: string | null): Promise<NamedStore> {
    const named = await openNamed(cli, url);
    opened.push(named);
    return named;
  }

  try {
    const from = fromQdrant === undefined ? null : await open(fromQdrant);
    const to = toQdrant === undefined ? null : await open(toQdrant);
    const unnamed = async (other: NamedStore | null): Promise<NamedStore> => {
      const { url } = cli.console.settings.qdrant;
      const own = await open(url);
      return url !== null && own.store.fingerprint === other?.store.fingerprint ? open(null) : own;
    };
    const fromStore = fromFolder === undefined ? (from ?? (await unnamed(to))) : null;
    const toStore = toFolder === undefined ? (to ?? (await unnamed(from))) : null;
    if (fromStore && fromStore.store.fingerprint === toStore?.store.fingerprint) {
      throw new AppError('CONFLICT', `${fromStore.title} and ${toStore.title} are the same store`);
    }
    const source = fromStore ? await storeSource(fromStore, places.catalog) : await folderSource(places);
    return {
      source,
      sourceStore: fromStore?.store ?? null,
      openTarget: () =>
        toStore
          ? openStoreTarget(toStore, source.catalog, places.as)
          : openBackupTarget(resolve(toFolder!), source.catalog),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function refuseUnclear({ fromQdrant, toQdrant, fromFolder, toFolder, as }: CopyPlaces): void {
  const froms = [fromQdrant, fromFolder].filter((place) => place !== undefined);
  const tos = [toQdrant, toFolder].filter((place) => place !== undefined);
  if (froms.length + tos.length === 0) {
    throw new AppError(
      'INVALID_INPUT',
      'where to or where from? Name it by --to-qdrant, --from-qdrant, --to-folder or --from-folder',
    );
  }
  if (froms.length > 1 || tos.length > 1) {
    throw new AppError('INVALID_INPUT', 'a copy has one place that it comes from, and one that it goes to');
  }
  if (fromFolder !== undefined && toFolder !== undefined) {
    throw new AppError('INVALID_INPUT', 'a backup is a folder of plain files: copy it by any other means');
  }
  if (as !== undefined && toFolder !== undefined) {
    throw new AppError('INVALID_INPUT', 'a backup keeps the catalog’s name; --as is for the copy back');
  }
}

/** `url` null: the embedded store of the data dir. */
async function openNamed({ console }: Cli, url: string | null): Promise<NamedStore> {
  const { settings, dataDir } = console;
  const store = await openStore({ ...settings, qdrant: { ...settings.qdrant, url } }, dataDir);
  return { store, title: url === null ? `the store in ${dataDir.root}` : `Qdrant at ${new URL(url).origin}` };
}

async function storeSource(named: NamedStore, catalog = DEFAULT_CATALOG): Promise<CopySource> {
  return createStoreSource(named, findCatalog(await named.store.catalogs(), catalog));
}

async function folderSource({ fromFolder, catalog }: CopyPlaces): Promise<CopySource> {
  const backup = await openBackup(resolve(fromFolder!));
  if (catalog !== undefined) findCatalog([backup.catalog], catalog);
  return backup;
}
