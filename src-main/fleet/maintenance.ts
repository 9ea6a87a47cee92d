import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../src-core/telemetry/log.ts';

export interface Maintenance {
  /** Resolves when the run that may be under way has ended; the queue may be closed then. Idempotent. */
  stop(): Promise<void>;
}

/** Runs `work` at once and then `everyMs` after its end, whatever it throws. Does not keep the process alive. */
export function startMaintenance(work: () => Promise<unknown>, everyMs: number, log: Logger): Maintenance {
  const stopping = new AbortController();
  const ended = run();

  async function run(): Promise<void> {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        await work();
        if (failing) log.info('the queue is maintained again');
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ error }, 'the queue cannot be maintained; trying again');
        failing = true;
      }
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {}); // aborted
    }
  }

  return {
    stop() {
      stopping.abort();
      return ended;
    },
  };
}
