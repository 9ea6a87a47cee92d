import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, isBackendTrouble, toAppError } from '../src-core/domain/app-error.ts';
import type { Console } from './console.ts';
import { isLoopback, listen, type Address } from './http/listen.ts';
import { createRoots } from './http/roots.ts';
import { createServer } from './http/server.ts';

export interface HeadlessOptions extends Address {
  /** Null: nobody is asked for one. */
  token: string | null;
  /** Names that the server is called by, beside `localhost`, plain addresses and `host`. */
  allowedHosts: readonly string[];
}

/** The console without a window: HTTP, a finder, and workers where the settings want some. */
export interface Headless {
  url: string;
  /** Rejects when no worker of this host can ever run: another store or model, say. */
  readonly failed: Promise<never>;
  /** Finishes the requests under way. Fleet and backends are the console's to close. */
  stop(): Promise<void>;
}

const RETRY_MS = 1_000;

/**
 * Listens at once, and says that it is not ready while queue or store are away; the fleet starts when they are there.
 * Throws INVALID_INPUT for an address that needs a token, and what `listen` throws.
 */
export async function startHeadless(console: Console, options: HeadlessOptions): Promise<Headless> {
  const { host, token, allowedHosts } = options;
  if (token === null && !isLoopback(host)) {
    throw new AppError(
      'INVALID_INPUT',
      `--no-auth lets everybody in who can reach ${host}: it goes with --host 127.0.0.1`,
    );
  }
  const { settings } = console;
  const log = await console.log();
  const finder = await console.finderProcess();
  const fleet = startFleetWhenReady(console);
  const app = createServer({
    console,
    finder,
    token,
    log,
    roots: createRoots({
      allowed: settings.paths.allowRoots,
      imported: () => importedFolders(console),
      folders: (await console.naming()).folders,
    }),
    allowedHosts: [host, ...allowedHosts],
    fleetTrouble: fleet.trouble,
  });
  async function stop(): Promise<void> {
    fleet.stop();
    const late = setTimeout(() => app.server.closeAllConnections(), settings.fleet.drainMs);
    await app.close();
    clearTimeout(late);
  }

  try {
    return { url: await listen(app, options), failed: fleet.failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function importedFolders(console: Console): Promise<string[]> {
  const sources = await (await console.importLog()).sources();
  return sources.map(({ kind, path }) => (kind === 'manifest' ? dirname(path) : path));
}

/** Tries again for as long as a backend is away. */
function startFleetWhenReady(console: Console) {
  const stopping = new AbortController();
  let trouble: string | null = 'it is being started';
  const failed = run();
  failed.catch(() => {}); // whoever waits for it is told

  async function run(): Promise<never> {
    while (!stopping.signal.aborted) {
      try {
        const fleet = await console.startFleet();
        trouble = null;
        return await fleet.failed;
      } catch (thrown) {
        const error = toAppError(thrown);
        trouble = error.message;
        if (!isBackendTrouble(error)) throw error;
        (await console.log()).warn({ error }, 'the fleet cannot start yet; trying again');
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {}); // aborted
      }
    }
    return new Promise<never>(() => {});
  }

  return { failed, trouble: () => trouble, stop: () => stopping.abort() };
}
