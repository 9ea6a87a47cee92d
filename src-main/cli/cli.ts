import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { loadSettings } from '../../src-core/settings/load.ts';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { Operator } from '../client/operator.ts';
import type { ServerClient } from '../client/server-client.ts';
import { createConsole, type Console } from '../console.ts';
import type { ExitCode } from './exit-codes.ts';
import type { GlobalOptions } from './global-options.ts';
import { painter, type Io, type Paint } from './io.ts';
import { createLocalOperator } from './local-operator.ts';

/** What a command's handler works with. */
export interface Cli {
  io: Io;
  json: boolean;
  color: boolean;
  /** For what goes to stdout. */
  paint: Paint;
  /** Backends and data dir of this machine. Throws INVALID_INPUT where a server is to be asked. */
  readonly console: Console;
  /** Where a server is to be asked: it; else null. */
  server(): Promise<ServerClient | null>;
  /** Queue and workers: those of the server, else of the console. */
  operator(): Promise<Operator>;
  /** Where log lines go while a handler shows something else on stderr; null gives them back to stderr. */
  divertLog(sink: ((text: string) => void) | null): void;
  close(): Promise<void>;
}

/** What a command has to say: one document for programs, one text for people. */
export interface Outcome {
  /** Undefined when the handler has written its document itself, piece by piece. */
  json: unknown;
  /** Ends with a newline. */
  text: string;
  exitCode?: ExitCode;
}

/**
 * Runs a command's handler between opening and closing what it needs. `flags` are settings by their dotted paths, `proc` what
 * log lines and traces call this process.
 */
export type Run = (
  handler: (cli: Cli) => Promise<Outcome>,
  flags?: Record<string, unknown>,
  proc?: string,
) => Promise<void>;

/** Throws DATA_DIR_UNUSABLE, INVALID_SETTINGS. Nothing else is opened until a command asks for it. */
export async function openCli(
  options: GlobalOptions,
  flags: Record<string, unknown>,
  io: Io,
  proc = 'cli',
): Promise<Cli> {
  const shared = { io, json: options.json === true, color: options.color, paint: painter(io.stdout, options.color) };
  // Compose passes what is not set as empty.
  const server = options.server ?? (io.env.IMAGEFLEET_SERVER || undefined);
  if (server !== undefined) return openRemoteCli(shared, server, options.token ?? (io.env.IMAGEFLEET_TOKEN || null));
  if (options.token !== undefined)
    throw new AppError('INVALID_INPUT', '--token is for a server: name it with --server');
  const dataDir = await openDataDir(options.dataDir, io.env);
  const readSettings = () =>
    loadSettings({
      dataDir: dataDir.root,
      flags: {
        ...options.set,
        'log.level': options.logLevel,
        'redis.url': options.redis,
        'qdrant.url': options.qdrant,
        ...flags,
      },
      env: io.env,
    });
  const toStderr = (text: string): void => void io.stderr.write(text);
  let sink = toStderr;
  const console = createConsole({
    settings: await readSettings(),
    readSettings,
    dataDir,
    proc,
    logTo: { write: (text) => sink(text), terminal: io.stderr.isTTY === true },
  });
  return {
    ...shared,
    console,
    server: async () => null,
    operator: async () => createLocalOperator(console),
    divertLog: (other) => {
      sink = other ?? toStderr;
    },
    close: () => console.close(),
  };
}

/** No data dir is made or read for it. */
async function openRemoteCli(
  shared: Pick<Cli, 'io' | 'json' | 'color' | 'paint'>,
  url: string,
  token: string | null,
): Promise<Cli> {
  const { createServerClient } = await import('../client/server-client.ts');
  const client = createServerClient({ url, token });
  return {
    ...shared,
    get console(): Console {
      throw new AppError('INVALID_INPUT', `this cannot be asked of the server ${client.url}: leave --server out`);
    },
    server: async () => client,
    async operator() {
      const { createRemoteOperator } = await import('../client/remote-operator.ts');
      return createRemoteOperator(client);
    },
    divertLog() {}, // there is no log
    async close() {},
  };
}
