import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { loadSettings } from '../../src-core/settings/load.ts';
import { createConsole, type Console } from '../console.ts';
import type { ExitCode } from './exit-codes.ts';
import type { GlobalOptions } from './global-options.ts';
import { painter, type Io, type Paint } from './io.ts';

/** What a command's handler works with. */
export interface Cli {
  io: Io;
  json: boolean;
  color: boolean;
  /** For what goes to stdout. */
  paint: Paint;
  console: Console;
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

/** Runs a command's handler between opening and closing what it needs. `flags` are settings by their dotted paths. */
export type Run = (handler: (cli: Cli) => Promise<Outcome>, flags?: Record<string, unknown>) => Promise<void>;

/** Throws DATA_DIR_UNUSABLE, INVALID_SETTINGS. Nothing else is opened until a command asks for it. */
export async function openCli(options: GlobalOptions, flags: Record<string, unknown>, io: Io): Promise<Cli> {
  const dataDir = await openDataDir(options.dataDir, io.env);
  const settings = await loadSettings({
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
    settings,
    dataDir,
    proc: 'cli',
    logTo: { write: (text) => sink(text), terminal: io.stderr.isTTY === true },
  });
  return {
    io,
    json: options.json === true,
    color: options.color,
    paint: painter(io.stdout, options.color),
    console,
    divertLog: (other) => {
      sink = other ?? toStderr;
    },
    close: () => console.close(),
  };
}
