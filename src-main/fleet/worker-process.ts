import { type AppError, fromWire } from '../../src-core/domain/app-error.ts';
import { fromWorker, type ToWorker } from '../../src-core/domain/fleet-messages.ts';
import { PROTOCOL_VERSION, type WorkerStatus } from '../../src-core/domain/worker-status.ts';
import type { Settings } from '../../src-core/settings/schema.ts';
import { forwardLine, type Logger } from '../../src-core/telemetry/log.ts';
import type { Exit, ProcessHost } from './process-host.ts';

/*
 *  starting ── ready ──▶ running ── drain, recycle, resize ──▶ draining ──▶ gone
 *      │                    │                                                 ▲
 *      └────────────────────┴────────────── any exit ─────────────────────────┘
 */
export type WorkerPhase = 'starting' | 'running' | 'draining' | 'gone';

export interface WorkerProcessOptions {
  host: ProcessHost;
  id: string;
  entry: string;
  env: Record<string, string>;
  settings: Settings;
  dataDir: string;
  log: Logger;
  /** How long it may take until it is ready. */
  startupMs: number;
  /** Monotonic, in ms. */
  now: () => number;
  onReady: (protocol: number) => void;
  onHeartbeat: (status: WorkerStatus) => void;
  onRecycle: (reason: string) => void;
  onFatal: (error: AppError) => void;
}

export interface WorkerProcess {
  readonly id: string;
  readonly pid: number | null;
  readonly phase: WorkerPhase;
  /** It was told, or asked, to end: its exit is no crash. */
  readonly leaving: boolean;
  /** Its newest heartbeat. */
  readonly status: WorkerStatus | null;
  /** The newest lines that it logged or printed, oldest first. */
  readonly lastLines: readonly string[];
  readonly exited: Promise<Exit>;
  /** Why it must be killed now; null when it need not, or was. */
  overdue(): string | null;
  /** Time in which the host itself did not run, and so could not hear the worker. */
  forgive(ms: number): void;
  /** It has `settings.fleet.drainMs` from now on. */
  drain(): void;
  kill(): void;
}

const KEPT_LINES = 20;

/** Starts one worker and keeps track of it; what is done about its end is the supervisor's matter. */
export function startWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  const { id, settings, now, startupMs } = options;
  const { watchdogMs, drainMs } = settings.fleet;
  const log = options.log.child({ workerId: id });
  const lastLines: string[] = [];
  let phase: WorkerPhase = 'starting';
  let status: WorkerStatus | null = null;
  let silentSince = now();
  let drainBy = Infinity;
  let killed = false;

  function remember(line: string): void {
    lastLines.push(line);
    if (lastLines.length > KEPT_LINES) lastLines.shift();
  }

  function beginDraining(): void {
    if (phase === 'draining' || phase === 'gone') return;
    phase = 'draining';
    drainBy = now() + drainMs;
  }

  function onMessage(value: unknown): void {
    const parsed = fromWorker.safeParse(value);
    if (!parsed.success) {
      log.error({ error: parsed.error, value }, 'a worker sent a message that this version does not know');
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'ready':
        silentSince = now();
        if (phase === 'starting') phase = 'running';
        return options.onReady(message.protocol);
      case 'heartbeat':
        silentSince = now();
        status = message.status;
        return options.onHeartbeat(message.status);
      case 'log':
        remember(message.line);
        return forwardLine(log, message.line);
      case 'recycle':
        beginDraining();
        return options.onRecycle(message.reason);
      case 'fatal':
        return options.onFatal(fromWire(message.error));
    }
  }

  const child = options.host.spawn({
    entry: options.entry,
    env: options.env,
    onMessage,
    onOutput(line, stream) {
      remember(line);
      log.warn({ stream }, line);
    },
  });
  const send = (message: ToWorker): void => child.send(message);
  send({ type: 'start', protocol: PROTOCOL_VERSION, workerId: id, settings, dataDir: options.dataDir });

  return {
    id,
    pid: child.pid,
    get phase() {
      return phase;
    },
    get leaving() {
      return drainBy !== Infinity;
    },
    get status() {
      return status;
    },
    lastLines,
    exited: child.exited.finally(() => {
      phase = 'gone';
    }),
    overdue() {
      if (phase === 'gone' || killed) return null;
      const silentMs = now() - silentSince;
      const patience = phase === 'starting' ? Math.max(startupMs, watchdogMs) : watchdogMs;
      if (silentMs > patience) return `no heartbeat for ${Math.round(silentMs)} ms`;
      return now() > drainBy ? `not drained after ${drainMs} ms` : null;
    },
    forgive(ms) {
      silentSince += ms;
      drainBy += ms;
    },
    drain() {
      beginDraining();
      send({ type: 'drain' });
    },
    kill() {
      killed = true;
      child.kill('SIGKILL');
    },
  };
}
