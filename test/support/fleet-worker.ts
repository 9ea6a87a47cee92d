/*
 * A worker that speaks the fleet's protocol and does no work. FLEET_TEST_MODES is a list: the nth worker of a fleet takes
 * the nth mode, all further ones the last.
 */
import { AppError, toWire, type ErrorCode } from '../../src-core/domain/app-error.ts';
import { toWorker, type FromWorker } from '../../src-core/domain/fleet-messages.ts';
import { PROTOCOL_VERSION, type WorkerState } from '../../src-core/domain/worker-status.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { createLogger } from '../../src-core/telemetry/log.ts';
import { heartbeatOf } from './fleet-facts.ts';

let workerId = '';

const modes: Record<string, (argument: string, heartbeatMs: number) => void> = {
  ok(_, heartbeatMs) {
    ready();
    setInterval(beat, heartbeatMs, 'idle');
    onDrain(goodbye);
  },
  /** Writes on both streams and into the host's log. */
  talk(_, heartbeatMs) {
    modes.ok!('', heartbeatMs);
    const log = createLogger({
      proc: 'worker',
      level: 'trace',
      format: 'json',
      write: (line) => send({ type: 'log', line }),
      bindings: { workerId },
    });
    log.warn('through the host');
    log.debug('too quiet');
    process.stdout.write('on stdout\n');
  },
  crash: () => void process.stderr.write('kaboom\n', () => process.exit(7)),
  /** Ready, and silent from then on. */
  mute: () => ready(),
  /** Beats, but does not drain. */
  deaf(_, heartbeatMs) {
    ready();
    setInterval(beat, heartbeatMs, 'busy');
  },
  recycle() {
    ready();
    send({ type: 'recycle', reason: 'over its memory limit' });
    onDrain(() => {});
    process.once('SIGTERM', goodbye);
  },
  'recycle-spin'() {
    ready();
    send({ type: 'recycle', reason: 'over its memory limit' });
    goodbye();
  },
  old: () => send({ type: 'ready', protocol: 0 }),
  fatal(code) {
    send({ type: 'fatal', error: toWire(new AppError(code as ErrorCode, 'it does not fit')) });
    process.disconnect();
  },
};

function send(message: FromWorker): void {
  process.send?.(message);
}

function beat(state: WorkerState): void {
  send({ type: 'heartbeat', status: heartbeatOf({ workerId, pid: process.pid, state }) });
}

function ready(): void {
  send({ type: 'ready', protocol: PROTOCOL_VERSION });
}

function goodbye(): void {
  beat('stopped');
  process.exit(0);
}

function onDrain(work: () => void): void {
  process.on('message', (message) => {
    if (toWorker.parse(message).type === 'drain') work();
  });
}

process.on('disconnect', () => process.exit(0));
process.once('message', (value) => {
  const message = toWorker.parse(value);
  if (message.type !== 'start') throw new Error(`got ${message.type} before start`);
  workerId = message.workerId;
  const list = (process.env.FLEET_TEST_MODES ?? 'ok').split(',');
  const n = Number(workerId.split('-').at(-2));
  const [name = '', argument = ''] = (list[n] ?? list.at(-1) ?? '').split(':');
  modes[name]!(argument, settingsSchema.parse(message.settings).fleet.heartbeatMs);
});
