import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '../../../src-core/domain/worker-status.ts';
import type { Exit, SpawnOptions } from '../../../src-main/fleet/process-host.ts';
import { heartbeatOf } from '../../support/fleet-facts.ts';
import { quickSettings } from '../../support/fleet-settings.ts';
import { testFleet } from '../../support/fleet.ts';

/** A host whose one process exists in memory only, so that time is the test's. */
function imaginaryHost() {
  const exit = Promise.withResolvers<Exit>();
  let options: SpawnOptions | undefined;
  return {
    children: [],
    pids: () => [],
    alive: () => [],
    spawn(given: SpawnOptions) {
      options = given;
      return {
        pid: 1,
        exited: exit.promise,
        send() {},
        kill: (signal: NodeJS.Signals) => exit.resolve({ code: null, signal }),
      };
    },
    says: (message: unknown) => options?.onMessage(message),
  };
}

async function watched() {
  const host = imaginaryHost();
  let at = 0;
  const settings = quickSettings({ watchdogMs: 60_000, drainMs: 30_000, restartBackoffMs: 30_000 });
  const fleet = testFleet('', { host, settings, now: () => at, startupMs: 120_000 });
  await fleet.supervisor.start(1);
  const [worker] = fleet.supervisor.workers();
  return {
    ...fleet,
    says: host.says,
    ready: () => host.says({ type: 'ready', protocol: PROTOCOL_VERSION }),
    beat: () => host.says({ type: 'heartbeat', status: heartbeatOf({ workerId: worker!.workerId }) }),
    /** Time in which the host runs. */
    run(ms: number) {
      for (let passed = 0; passed < ms; passed += 1_000) {
        at += 1_000;
        vi.advanceTimersByTime(1_000);
      }
    },
    /** Time in which it does not: it was stopped, or the machine slept. */
    sleep: (ms: number) => void (at += ms),
    killed: () => fleet.ofType('killed').map(({ reason }) => reason),
  };
}

describe('the watch over a worker', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('gives it its time to start, then counts from its last heartbeat', async () => {
    const { run, ready, beat, killed } = await watched();
    run(120_000);
    expect(killed()).toEqual([]);
    ready();
    run(60_000);
    beat();
    run(60_000);
    expect(killed()).toEqual([]);
    run(1_000);
    expect(killed()).toEqual(['no heartbeat for 61000 ms']);
    run(10_000);
    expect(killed()).toHaveLength(1);
  });

  it('ends a start that takes too long', async () => {
    const { run, killed } = await watched();
    run(121_000);
    expect(killed()).toEqual(['no heartbeat for 121000 ms']);
  });

  it('does not count time in which the host itself did not run', async () => {
    const { run, sleep, ready, killed } = await watched();
    ready();
    run(50_000);
    sleep(3_600_000);
    run(9_000);
    expect(killed()).toEqual([]);
    run(2_000);
    expect(killed()).toHaveLength(1);
  });

  it('ends a drain that takes too long, however much it beats', async () => {
    const { run, ready, beat, supervisor, killed } = await watched();
    ready();
    const stopped = supervisor.stop();
    for (let second = 0; second < 30; second++) {
      beat();
      run(1_000);
    }
    expect(killed()).toEqual([]);
    run(1_000);
    expect(killed()).toEqual(['not drained after 30000 ms']);
    await stopped;
  });

  it('takes a message that it does not know for a defect, and goes on', async () => {
    const { says, ready, supervisor, lines } = await watched();
    says({ type: 'promote', to: 'host' });
    expect(lines.at(-1)).toMatchObject({ level: 50, msg: 'a worker sent a message that this version does not know' });
    ready();
    expect(supervisor.workers()).toMatchObject([{ phase: 'running' }]);
  });
});
