import { extname } from 'node:path';
import { AppError, parseOrThrow, toWire } from '../src-core/domain/app-error.ts';
import { drainMessage, type FromWorker, startMessage } from '../src-core/domain/fleet-messages.ts';
import { PROTOCOL_VERSION } from '../src-core/domain/worker-status.ts';
import { type DataDir, openDataDir } from '../src-core/settings/data-dir.ts';
import { type Settings, settingsSchema } from '../src-core/settings/schema.ts';
import { createLogger, type Logger } from '../src-core/telemetry/log.ts';
import { openHostChannel, type HostChannel } from './host-channel.ts';
import { startWatchdog } from './watchdog.ts';

export interface Hosted {
  workerId: string;
  settings: Settings;
  dataDir: DataDir;
  channel: HostChannel;
  log: Logger;
  /** Aborted when the process should finish: SIGTERM, `drain`, or the host is gone. */
  stop: AbortSignal;
  send(message: FromWorker): void;
}

export interface HostedProcessOptions {
  proc: 'worker' | 'finder';
  /** `import.meta.url` of the entry; the watchdog's script lies beside it, as .ts in the source and .js in a build. */
  entry: string;
  /** Answers whether native code is stuck in a thread of this process. */
  main: (hosted: Hosted) => Promise<{ stuck: boolean }>;
  /** Each message after `start`, but `drain`. */
  onMessage?: (message: unknown, channel: HostChannel) => void;
}

/**
 * The life of a process that a host starts: waits for `start`, runs `main` to its end, reports what was fatal, exits
 * with 0 or 1. Ctrl-C reaches the whole group; the host handles it and drains, so it is ignored here.
 */
export function runHostedProcess({ proc, entry, main, onMessage }: HostedProcessOptions): void {
  const channel = openHostChannel();
  const stopping = new AbortController();
  const send = (message: FromWorker): void => channel.send(message);
  let started = false;

  async function exit(code: number, stuck = false): Promise<void> {
    await channel.flushed();
    // libuv joins its threads at exit, so a stuck one would keep this process for ever.
    if (stuck) process.kill(process.pid, 'SIGKILL');
    else process.exit(code);
  }

  function stop(): void {
    stopping.abort();
    if (!started) void exit(0);
  }

  async function start(message: unknown): Promise<{ stuck: boolean }> {
    const { protocol, workerId, settings: raw, dataDir } = parseOrThrow(startMessage, message, 'the start message');
    if (protocol !== PROTOCOL_VERSION) {
      throw new AppError('PROTOCOL_MISMATCH', `the host speaks protocol ${protocol}, this ${proc} ${PROTOCOL_VERSION}`);
    }
    const settings = parseOrThrow(settingsSchema, raw, 'settings', 'INVALID_SETTINGS');
    const log = createLogger({
      proc,
      level: settings.log.level,
      format: 'json',
      write: (line) => send({ type: 'log', line }),
      bindings: { workerId },
    });
    return main({ workerId, settings, dataDir: await openDataDir(dataDir), channel, log, stop: stopping.signal, send });
  }

  startWatchdog(new URL(`./watchdog-thread${extname(entry)}`, entry));
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    if (stopping.signal.aborted) process.exit(1);
    stop();
  });
  channel.onClose(stop);
  channel.onMessage((message) => {
    if (drainMessage.safeParse(message).success) return stop();
    if (started) return onMessage?.(message, channel);
    started = true;
    start(message).then(
      ({ stuck }) => exit(0, stuck),
      (error: unknown) => {
        send({ type: 'fatal', error: toWire(error) });
        return exit(1);
      },
    );
  });
}
