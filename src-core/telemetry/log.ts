import { pino, type Level } from 'pino';
import pretty from 'pino-pretty';
import { AppError, isOutage } from '../domain/app-error.ts';

export type Logger = pino.Logger;
export type LogLevel = Level | 'silent';

export interface LogOptions {
  /** Which process: "serve", "worker", "finder", "cli" … */
  proc: string;
  level: LogLevel;
  /** `auto` is pretty where stderr is a terminal. A logger with `write` always makes JSON. */
  format: 'auto' | 'json' | 'pretty';
  /** Takes each finished line, newline included, instead of stderr: workers log through the host. */
  write?: (line: string) => void;
  /** On every line: workerId, taskId, importId, traceId … */
  bindings?: Record<string, string | number>;
}

const SECRETS = ['authorization', 'token', 'apiKey', 'api-key', 'password', 'secret'];
const DEPTH = 4;

/** A secret may lie in an error's details or a settings object, so the same names are looked for some levels down. */
const redactedPaths = SECRETS.flatMap((name) =>
  Array.from({ length: DEPTH }, (_, depth) => `${'*.'.repeat(depth)}["${name}"]`.replace('.[', '[')),
);

/**
 * Logs to stderr and never to stdout, which belongs to a command's answer. Written synchronously, so that what was
 * logged before a crash or `process.exit` is there; there are no lines per picture that this could slow down.
 */
export function createLogger({ proc, level, format, write, bindings }: LogOptions): Logger {
  return pino(
    {
      level,
      base: { proc, pid: process.pid, ...bindings },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      // `logger.error({ error })` then carries stack, code and details as `err` does.
      serializers: { error: errorFields },
    },
    write ? { write } : stderrStream(format),
  );
}

/** A backend that is away is no defect: where in the program it was met says nothing. */
function errorFields(error: Error): object {
  const fields = pino.stdSerializers.err(error);
  if (!(error instanceof AppError) || !isOutage(error)) return fields;
  const { type, message, stack: _stack, ...more } = fields;
  return { type, message, ...more };
}

function stderrStream(format: LogOptions['format']): pino.DestinationStream {
  const stderr = pino.destination({ fd: 2, sync: true });
  const terminal = process.stderr.isTTY === true;
  if (format === 'json' || (format === 'auto' && !terminal)) return stderr;
  const render = prettyLines(terminal);
  return { write: (line) => void stderr.write(render(line)) };
}

/** Renders JSON lines for people, as `pretty` does: for whoever has `write` lines and a terminal. */
export function prettyLines(colors: boolean): (line: string) => string {
  return pretty.prettyFactory({ colorize: colors, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid' });
}

/** Writes a line that another process's logger has made: as it is, in this logger's format, if its level is enabled. */
export function forwardLine(logger: Logger, line: string): void {
  const text = line.trimEnd();
  const level = levelOf(text);
  if (level === null) logger.warn({ line: text }, 'a line that is not a log line');
  else if (level >= logger.levelVal) streamOf(logger).write(`${text}\n`);
}

function levelOf(line: string): number | null {
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    return typeof level === 'number' ? level : null;
  } catch {
    return null; // no JSON, or the JSON null
  }
}

function streamOf(logger: Logger): pino.DestinationStream {
  return (logger as unknown as Record<symbol, pino.DestinationStream>)[pino.symbols.streamSym]!;
}
