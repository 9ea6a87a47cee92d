import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, isBackendTrouble, toAppError } from '../src-core/domain/app-error.ts';
import { installationRoot } from '../src-core/settings/installation.ts';
import type { Console } from './console.ts';
import { isLoopback, listen, type Address } from './http/listen.ts';
import { createRoots } from './http/roots.ts';
import { createServer } from './http/server.ts';
import { signInPath } from './http/session-routes.ts';
import type { Tokens } from './http/token.ts';

export interface HeadlessOptions extends Address {
  /** Null: nobody is asked for one. */
  token: string | null;
  /** Lets dashboards look and change nothing. Null: there is none. */
  readOnlyToken: string | null;
  /** Names that the server is called by, beside `localhost`, plain addresses and `host`. */
  allowedHosts: readonly string[];
}

/** The console without a window: HTTP, a finder, and workers where the settings want some. */
export interface Headless {
  url: string;
  /** Signs a browser in, once and within an hour; without a token it is the address of the console. */
  signInUrl: string;
  /** Rejects when no worker of this host can ever run: another store or model, say. */
  readonly failed: Promise<never>;
  /** Lets in by these tokens instead; nothing changes where nobody is asked for one. */
  changeTokens(tokens: Tokens): void;
  /** Finishes the requests under way. Fleet and backends are the console's to close. */
  stop(): Promise<void>;
}

const RETRY_MS = 1_000;

/**
 * Listens at once, and says that it is not ready while queue or store are away; the fleet starts when they are there.
 * Throws INVALID_INPUT for an address that needs a token, and what `listen` throws.
 */
export async function startHeadless(console: Console, options: HeadlessOptions): Promise<Headless> {
  const { host, token, readOnlyToken, allowedHosts } = options;
  if (token === null && !isLoopback(host)) throw openToAll(host);
  const { settings } = console;
  const log = await console.log();
  const finder = await console.finderProcess();
  const fleet = startFleetWhenReady(console);
  const resuming = resumeImportsWhenReady(console);
  const app = createServer({
    console,
    finder,
    token,
    readOnlyToken,
    log,
    tracer: await console.tracer(),
    pages: join(installationRoot(), 'out', 'renderer'),
    roots: createRoots({
      allowed: settings.paths.allowRoots,
      imported: () => importedFolders(console),
      own: [console.uploadsFolder],
      folders: (await console.naming()).folders,
    }),
    allowedHosts: [host, ...allowedHosts],
    fleetTrouble: fleet.trouble,
  });
  async function stop(): Promise<void> {
    fleet.stop();
    await resuming.stop();
    const late = setTimeout(() => app.server.closeAllConnections(), settings.fleet.drainMs);
    await app.close();
    clearTimeout(late);
  }

  try {
    const url = await listen(app, options);
    // A name of the hosts file may lead elsewhere.
    if (token === null && !app.addresses().every((at) => isLoopback(typeof at === 'string' ? at : at.address))) {
      throw openToAll(host);
    }
    const path = app.door ? signInPath(app.door.codes.make().code) : '/';
    const changeTokens = (tokens: Tokens): void => app.door?.change(tokens);
    return { url, signInUrl: `${url}${path}`, failed: fleet.failed, changeTokens, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function openToAll(host: string): AppError {
  return new AppError(
    'INVALID_INPUT',
    `--no-auth lets everybody in who can reach ${host}: it goes with --host 127.0.0.1`,
  );
}

async function importedFolders(console: Console): Promise<string[]> {
  const sources = await (await console.importLog()).sources();
  return sources.map(({ kind, path }) => (kind === 'manifest' ? dirname(path) : path));
}

/** Goes on with the imports that an earlier server of this data dir left, and with watching; tries again for as long as a backend is away. */
function resumeImportsWhenReady(console: Console) {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await (await console.importHost()).resumeUnfinished();
        await console.watchSources();
        return;
      } catch (thrown) {
        const error = toAppError(thrown);
        // The fleet's start says so of a backend that is away.
        if (!isBackendTrouble(error)) (await console.log()).error({ error }, 'unfinished imports cannot be resumed');
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {}); // aborted
      }
    }
  }

  const done = run();
  async function stop(): Promise<void> {
    stopping.abort();
    await done;
  }
  return { stop };
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
        const isNew = trouble !== error.message;
        trouble = error.message;
        if (!isBackendTrouble(error)) throw error;
        if (isNew) (await console.log()).warn({ error }, 'the fleet cannot start yet; trying again');
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {}); // aborted
      }
    }
    return new Promise<never>(() => {});
  }

  return { failed, trouble: () => trouble, stop: () => stopping.abort() };
}
