import { availableParallelism } from 'node:os';
import { AppError, isOutage } from '../../src-core/domain/app-error.ts';
import { PROTOCOL_VERSION, type WorkerStatus } from '../../src-core/domain/worker-status.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import type { Settings } from '../../src-core/settings/schema.ts';
import { workerEnvironment } from '../../src-core/settings/worker-environment.ts';
import type { Logger } from '../../src-core/telemetry/log.ts';
import { createCrashLoop } from './crash-loop.ts';
import { startMaintenance, type Maintenance } from './maintenance.ts';
import { createWorkerNames, takeOverNames } from './worker-names.ts';
import type { Exit, ProcessHost } from './process-host.ts';
import { createReclaimer } from './reclaimer.ts';
import { startWatch } from './watch.ts';
import { startWorkerProcess, type WorkerPhase, type WorkerProcess } from './worker-process.ts';

export interface SupervisorOptions {
  host: ProcessHost;
  queue: Pick<TaskQueue, 'workers' | 'reclaim' | 'removeWorker' | 'maintain' | 'events'>;
  settings: Settings;
  dataDir: string;
  /** The worker's script. */
  entry: string;
  log: Logger;
  /** Added to every worker's environment. */
  env?: Record<string, string>;
  onEvent?: (event: FleetEvent) => void;
  /** How long a worker may take until it is ready: models are loaded and providers probed meanwhile. */
  startupMs?: number;
  /** Monotonic, in ms. */
  now?: () => number;
  random?: () => number;
}

/** Facts about the fleet, for logs, progress lines and the console. They control nothing. */
export type FleetEvent =
  | { type: 'started'; workerId: string; pid: number | null }
  | { type: 'ready'; workerId: string }
  | { type: 'heartbeat'; status: WorkerStatus }
  | { type: 'recycled'; workerId: string; reason: string }
  | { type: 'killed'; workerId: string; reason: string }
  | { type: 'exited'; workerId: string; exit: Exit; expected: boolean }
  /** CRASH_LOOP: it goes on trying, every 30 s at most. `details.lastLines` is what the last one said. */
  | { type: 'alarm'; error: AppError };

interface FleetMember {
  workerId: string;
  pid: number | null;
  phase: WorkerPhase;
  status: WorkerStatus | null;
}

export interface Supervisor {
  /** Rejects, once, when no worker can ever run: another protocol, store or model, a damaged model, a newer database. */
  readonly failed: Promise<never>;
  /** Starts that many workers, and the queue's maintenance; with 0 only the latter. Throws QUEUE_UNAVAILABLE. */
  start(count: number): Promise<void>;
  /** Starts what lacks, drains the newest of what is too many. */
  resize(count: number): void;
  /** Replaces one worker: another is started while it drains. Throws NOT_FOUND. */
  restart(workerId: string): void;
  /** Ends one worker once it has finished what it has, and wants one less from then on. Throws NOT_FOUND. */
  drainOne(workerId: string): void;
  /** Ends all workers, within `fleet.drainMs`; maintenance goes on. */
  drain(): Promise<void>;
  /** Drains, then stops everything; no process is left. May be called any number of times. */
  stop(): Promise<void>;
  /** As `stop`, without waiting for what the workers do. May follow a `stop` that takes too long. */
  kill(): Promise<void>;
  workers(): FleetMember[];
  /** How many there should be. */
  wanted(): number;
}

const STARTUP_MS = 60_000;
const MAINTAIN_MS = 1_000;

/** Keeps a number of workers running on this machine. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { host, queue, settings, dataDir, entry, log, startupMs = STARTUP_MS } = options;
  const { onEvent = () => {}, now = () => performance.now(), random = Math.random } = options;
  const { watchdogMs, drainMs, restartBackoffMs, crashLoopAfter } = settings.fleet;
  const tickMs = Math.max(25, Math.min(1_000, watchdogMs / 4, drainMs / 2));
  const names = createWorkerNames(settings.fleet.workerId);

  const workers = new Map<string, WorkerProcess>();
  const endings = new Set<Promise<void>>();
  /** Replacements that wait for their backoff. */
  const delayed = new Set<NodeJS.Timeout>();
  /** Places whose replacement is not started yet; a resize must not fill them at once. */
  let vacant = 0;
  let wanted = 0;
  let started = false;
  let failed = false;
  let maintenance: Maintenance | undefined;
  let endWatch: (() => void) | undefined;
  let stopping: Promise<void> | undefined;
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {}); // nobody has to listen

  const endedByOutage = new WeakSet<WorkerProcess>();
  const reclaimer = createReclaimer(queue, log);
  const crashLoop = createCrashLoop({
    queue,
    isOurs: names.isOurs,
    restartBackoffMs,
    crashLoopAfter,
    random,
    log,
  });

  const live = (): WorkerProcess[] =>
    [...workers.values()].filter(({ phase }) => phase === 'starting' || phase === 'running');

  function fill(): void {
    for (let lacking = wanted - live().length - vacant; lacking > 0; lacking--) spawn();
  }

  function spawn(): void {
    const id = names.next((name) => workers.has(name) || reclaimer.owes(name));
    const worker = startWorkerProcess({
      host,
      id,
      entry,
      env: { ...workerEnvironment(settings, availableParallelism(), wanted), ...options.env },
      settings,
      dataDir,
      log,
      startupMs,
      now,
      onReady(protocol) {
        if (protocol === PROTOCOL_VERSION) return onEvent({ type: 'ready', workerId: id });
        worker.kill();
        fail(new AppError('PROTOCOL_MISMATCH', `a worker speaks protocol ${protocol}, this host ${PROTOCOL_VERSION}`));
      },
      onHeartbeat: (status) => onEvent({ type: 'heartbeat', status }),
      onRecycle(reason) {
        log.info({ workerId: id, reason }, 'a worker asked to be replaced');
        onEvent({ type: 'recycled', workerId: id, reason });
        void replace(worker, 'it asked to be replaced');
      },
      onFatal(error) {
        log.error({ workerId: id, error }, 'a worker cannot go on');
        if (isOutage(error)) endedByOutage.add(worker);
        // INTERNAL may pass; it is an ordinary crash, and its alarm comes if it does not.
        if (worker.phase === 'starting' && !error.retryable && error.code !== 'INTERNAL') fail(error);
      },
    });
    workers.set(id, worker);
    onEvent({ type: 'started', workerId: id, pid: worker.pid });
    const ending = worker.exited.then((exit) => onExit(worker, exit)).finally(() => endings.delete(ending));
    endings.add(ending);
  }

  async function onExit(worker: WorkerProcess, exit: Exit): Promise<void> {
    const { id, leaving } = worker;
    workers.delete(id);
    log[leaving ? 'debug' : 'warn']({ workerId: id, ...exit }, 'a worker has ended');
    onEvent({ type: 'exited', workerId: id, exit, expected: leaving });
    await reclaimer.reclaim(id);
    if (!leaving) await replace(worker, `ended by ${exit.signal ?? `exit code ${exit.code}`}`);
  }

  async function maintain(): Promise<void> {
    await reclaimer.retry();
    await queue.maintain();
  }

  /** At once after a recycling with progress, else after a backoff: workers that end again and again must not spin. */
  async function replace(worker: WorkerProcess, how: string): Promise<void> {
    if (wanted === 0) return;
    vacant++;
    const death = await crashLoop.died(endedByOutage.has(worker));
    if (stopping) return;
    if (death.alarm) raiseAlarm(worker, death.inARow, how);
    const timer = setTimeout(
      () => {
        delayed.delete(timer);
        vacant--;
        fill();
      },
      worker.leaving && death.inARow === 0 ? 0 : death.waitMs,
    );
    delayed.add(timer);
  }

  function raiseAlarm({ id, lastLines }: WorkerProcess, inARow: number, how: string): void {
    const message = `${inARow} workers in a row ended before they finished anything; the last one ${how}`;
    const error = new AppError('CRASH_LOOP', message, { details: { workerId: id, lastLines: [...lastLines] } });
    log.error({ error }, 'crash loop');
    onEvent({ type: 'alarm', error });
  }

  function fail(error: AppError): void {
    failed = true;
    failure.reject(error);
    resize(0);
  }

  function killOverdue(worker: WorkerProcess, reason: string): void {
    log.error({ workerId: worker.id, reason }, 'a worker is killed');
    onEvent({ type: 'killed', workerId: worker.id, reason });
    worker.kill();
  }

  function resize(count: number): void {
    wanted = failed || stopping ? 0 : count;
    for (const worker of live().slice(wanted)) worker.drain();
    fill();
  }

  function member(workerId: string): WorkerProcess {
    const worker = workers.get(workerId);
    if (worker) return worker;
    throw new AppError('NOT_FOUND', `no worker ${workerId} in this fleet`);
  }

  async function drain(): Promise<void> {
    resize(0);
    while (endings.size > 0) await Promise.all(endings);
  }

  async function end(): Promise<void> {
    await drain();
    endWatch?.();
    for (const timer of delayed) clearTimeout(timer);
    await maintenance?.stop();
  }

  const stop = (): Promise<void> => (stopping ??= end());

  return {
    failed: failure.promise,
    async start(count) {
      if (started || stopping) throw new AppError('CONFLICT', 'this fleet was started or stopped before');
      started = true;
      await takeOverNames(names, queue);
      await crashLoop.begin();
      if (stopping) return;
      endWatch = startWatch({ workers: () => workers.values(), everyMs: tickMs, now, onOverdue: killOverdue });
      maintenance = startMaintenance(maintain, MAINTAIN_MS, log);
      resize(count);
    },
    resize,
    restart(workerId) {
      member(workerId).drain();
      fill();
    },
    drainOne(workerId) {
      const worker = member(workerId);
      if (!live().includes(worker)) return; // it is on its way out
      wanted = Math.max(0, wanted - 1);
      worker.drain();
    },
    drain,
    stop,
    kill() {
      const ended = stop();
      for (const worker of workers.values()) worker.kill();
      return ended;
    },
    wanted: () => wanted,
    workers: () => [...workers.values()].map(({ id, pid, phase, status }) => ({ workerId: id, pid, phase, status })),
  };
}
