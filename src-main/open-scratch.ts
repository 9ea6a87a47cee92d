import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDir } from '../src-core/settings/data-dir.ts';
import { createConsole, type Console, type ConsoleOptions } from './console.ts';
import type { Known } from './services/plan/judge.ts';
import type { Scratch } from './services/plan/scratch.ts';

/** Opens backends in a folder among the system's temporary ones; `close` ends all that runs on them and removes it. */
export async function openScratch(
  console: Console,
  logTo: ConsoleOptions['logTo'],
): Promise<Scratch & { close(): Promise<void> }> {
  // What is tried must not be seen by others.
  const { redis, qdrant } = console.settings;
  const settings = { ...console.settings, redis: { ...redis, url: null }, qdrant: { ...qdrant, url: null } };
  const root = await mkdtemp(join(tmpdir(), 'imagefleet-dry-run-'));
  const scratch = createConsole({
    settings,
    dataDir: await openDataDir(root),
    proc: 'dry-run',
    logTo,
  });

  async function close(): Promise<void> {
    await scratch.close();
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }

  try {
    // A model that somebody installed lies in the real data dir. Windows lets anybody make a junction, but no link.
    const models = join(console.dataDir.root, 'models');
    if (existsSync(models)) await symlink(models, join(root, 'models'), 'junction');
    return {
      folder: root,
      settings,
      log: await scratch.importLog(),
      queue: await scratch.queue(),
      store: await scratch.store(),
      imports: await scratch.imports(),
      ensureCatalog: (name) => scratch.ensureCatalog(name),
      async startWorkers() {
        const alarm = Promise.withResolvers<never>();
        const fleet = await scratch.startFleet((event) => {
          if (event.type === 'alarm') alarm.reject(event.error);
        });
        const failed = Promise.race([fleet.failed, alarm.promise]);
        failed.catch(() => {}); // nobody may be waiting for it any more
        return { failed, kill: () => fleet.kill() };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What a plan compares with; null where there is no such catalog. Opening a database makes it, so the data dir is only opened
 * where something was imported into it.
 */
export async function knownOf(console: Console, name: string): Promise<Known | null> {
  if (!existsSync(console.dataDir.imports)) return null;
  const store = await console.store();
  const catalog = (await store.catalogs()).find((one) => one.name === name);
  if (!catalog) return null;
  const sources = await console.sources();
  return { catalog, store, log: await console.importLog(), leftOut: sources.leftOut };
}
