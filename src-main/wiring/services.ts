import { dirname, join } from 'node:path';
import { findModel, installedModels, offeredModels } from '../../src-core/open-backends.ts';
import type { Source } from '../../src-core/domain/import.ts';
import type { Watcher } from '../../src-core/files/watch/create-watcher.ts';
import type { WatchState } from '../../src-core/files/watch/options.ts';
import type { Finder } from '../../src-core/ports/finder.ts';
import { createCatalogs, type Catalogs } from '../services/catalogs.ts';
import { createDuplicates } from '../services/duplicates/duplicates.ts';
import { createFacets } from '../services/facets.ts';
import { createImages } from '../services/images.ts';
import { createImportHost } from '../services/imports/host.ts';
import { createImports } from '../services/imports/imports.ts';
import { createModels } from '../services/models/models.ts';
import { createReEmbeddings, type ReEmbeddings } from '../services/re-embedding/re-embedding.ts';
import { createSources } from '../services/sources.ts';
import { createTasks } from '../services/tasks.ts';
import { createThumbnailCache } from '../services/thumbnails.ts';
import { createUploads } from '../services/uploads/uploads.ts';
import { createVerify } from '../services/verify/verify.ts';
import type { BackendOptions, Backends } from './backends.ts';
import { closeIt, type Openings } from './openings.ts';

type Options = Pick<BackendOptions, 'settings' | 'dataDir'>;

/** What an operator does, over the backends. */
export function createServices({ settings, dataDir }: Options, { once }: Openings, backends: Backends) {
  const { log, store, queue, importLog, duplicateLog, naming, ensureCatalog } = backends;
  const uploadsFolder = join(dataDir.root, 'uploads');
  let reEmbedder: (() => Promise<ReEmbeddings>) | undefined;

  const imports = once(async () =>
    createImports({
      log: await importLog(),
      queue: await queue(),
      store: await store(),
      settings,
      naming: await naming(),
    }),
  );

  const images = once(async () =>
    createImages({ store: await store(), log: await importLog(), naming: await naming() }),
  );

  const sources = once(async () =>
    createSources({
      log: await importLog(),
      store: await store(),
      queue: await queue(),
      settings,
      naming: await naming(),
    }),
  );

  const importHost = once(async () => {
    const logger = await log();
    return createImportHost({
      imports: await imports(),
      onTrouble: (importId, error) => logger.error({ importId, error }, 'an import cannot go on'),
    });
  }, closeIt);

  async function openWatcher({ path, kind, rules }: Source, onState?: (state: WatchState) => void): Promise<Watcher> {
    const { createWatcher } = await import('../../src-core/files/watch/create-watcher.ts');
    const { hidden, defaultExcludes, followLinks, watch, rescanMs } = settings.imports;
    const root = kind === 'manifest' ? dirname(path) : path;
    const options = { root, rules, hidden, defaultExcludes, followLinks, mode: watch, rescanMs };
    return createWatcher(options, onState);
  }

  return {
    tasks: once(async () => createTasks(await queue(), settings.queue.name)),
    catalogs: once(async (): Promise<Catalogs> => {
      const catalogs = createCatalogs(await store(), await queue(), await importLog());
      const { forget } = ensureCatalog;
      return {
        ...catalogs,
        rename: (...args) => catalogs.rename(...args).finally(forget),
        async drop(nameOrId) {
          const { id } = await catalogs.get(nameOrId);
          const cancelled = await catalogs.drop(id).finally(forget);
          await (await duplicateLog()).forgetCatalog(id);
          return cancelled;
        },
      };
    }),
    images,
    duplicates: once(
      async () => createDuplicates({ store: await store(), log: await duplicateLog(), images: await images() }),
      closeIt,
    ),
    imports,
    importHost,
    watchSources: once(async () => {
      const [logger, host] = [await log(), await importHost()];
      const { watchSources } = await import('../services/imports/watch-sources.ts');
      return watchSources({
        imports: await imports(),
        log: await importLog(),
        resumeUnfinished: host.resumeUnfinished,
        openTouches: (source) => openWatcher(source),
        onTrouble: ({ path }, error) => logger.warn({ path, error }, 'a source cannot be watched; trying again'),
      });
    }, closeIt),
    thumbnails: once(async () =>
      createThumbnailCache({ folder: join(dataDir.root, 'thumbnails'), maxBytes: settings.thumbnails.maxBytes }),
    ),
    models: once(
      async () =>
        createModels({
          dataDir: dataDir.root,
          inUse: settings.model.id,
          hub: settings.models.mirror,
          installed: () => installedModels(dataDir),
          offers: () => offeredModels(dataDir),
          async catalogs() {
            const { catalogs, successions } = await store();
            const all = await catalogs();
            const next = await Promise.all(all.map(async ({ id }) => successions?.get(id)));
            return [...all, ...all.flatMap((one, i) => (next[i] ? [{ ...one, model: next[i].model }] : []))];
          },
        }),
      closeIt,
    ),
    reEmbeddings(finder: Finder): Promise<ReEmbeddings> {
      reEmbedder ??= once(
        async () =>
          createReEmbeddings({
            store: await store(),
            finder,
            log: await importLog(),
            queue: await queue(),
            findModel: async (id) => (await findModel(dataDir, id)).manifest,
          }),
        closeIt,
      );
      return reEmbedder();
    },
    sources,
    facets: once(async () =>
      createFacets({
        store: await store(),
        log: await importLog(),
        namer: async () => (await sources()).namer(),
      }),
    ),
    uploadsFolder,
    uploads: once(async () =>
      createUploads({
        folder: uploadsFolder,
        maxFileBytes: settings.limits.maxBytes,
        ...settings.uploads,
        sources: async () => (await (await importLog()).sources()).map(({ path }) => path),
      }),
    ),
    verify: once(async () =>
      createVerify({
        log: await importLog(),
        queue: await queue(),
        store: await store(),
        settings,
        naming: await naming(),
      }),
    ),
    openWatcher,
  };
}
