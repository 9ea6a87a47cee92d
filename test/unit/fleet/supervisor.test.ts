import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteQueue } from '../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { heartbeatOf } from '../../support/fleet-facts.ts';
import { quickSettings } from '../../support/fleet-settings.ts';
import { eventually, testFleet } from '../../support/fleet.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('a fleet', () => {
  it('starts the workers, hears their heartbeats and leaves no process', async () => {
    const { supervisor, host, queue, ofType } = testFleet('ok');
    await supervisor.start(2);
    await eventually(() => expect(new Set(ofType('heartbeat').map(({ status }) => status.workerId)).size).toBe(2));
    const members = supervisor.workers();
    expect(members.map(({ phase }) => phase)).toEqual(['running', 'running']);
    expect(members.map(({ pid }) => pid)).toEqual(host.alive());
    await supervisor.stop();
    expect(host.alive()).toEqual([]);
    expect(supervisor.workers()).toEqual([]);
    expect(ofType('exited').every(({ expected, exit }) => expected && exit.code === 0)).toBe(true);
    expect(queue.removed.toSorted()).toEqual(members.map(({ workerId }) => workerId).toSorted());
  });

  it('tolerates a second stop, a stop before a start, and refuses a second start', async () => {
    const { supervisor, host } = testFleet('ok');
    await supervisor.start(1);
    await expect(supervisor.start(1)).rejects.toMatchObject({ code: 'CONFLICT' });
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    await supervisor.stop();
    expect(host.pids()).toHaveLength(1);
    const unused = testFleet('ok');
    await unused.supervisor.stop();
    await expect(unused.supervisor.start(1)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(unused.host.pids()).toEqual([]);
  });

  it('grows, shrinks by its newest workers, and starts none after stop', async () => {
    const { supervisor, host, ofType } = testFleet('ok');
    await supervisor.start(1);
    supervisor.resize(3);
    await eventually(() => expect(ofType('ready')).toHaveLength(3));
    const [first] = supervisor.workers();
    supervisor.resize(1);
    await eventually(() => expect(host.alive()).toEqual([first?.pid]));
    await supervisor.stop();
    supervisor.resize(2);
    expect(host.pids()).toHaveLength(3);
  });

  it('maintains the queue with no worker at all, and through its failures', async () => {
    const { supervisor, queue, lines } = testFleet('ok');
    await supervisor.start(0);
    await eventually(() => expect(queue.maintained).toBe(1));
    queue.away = new AppError('QUEUE_UNAVAILABLE', 'gone');
    await eventually(() =>
      expect(lines.map(({ msg }) => msg)).toContain('the queue cannot be maintained; trying again'),
    );
    queue.away = null;
    await eventually(() => expect(queue.maintained).toBeGreaterThan(1));
  });

  it('does not start when the queue cannot be reached', async () => {
    const { supervisor, queue, host } = testFleet('ok');
    queue.away = new AppError('QUEUE_UNAVAILABLE', 'gone');
    await expect(supervisor.start(2)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(host.pids()).toEqual([]);
  });
});

describe('a worker that ends', () => {
  it('has its tasks given back and is replaced', async () => {
    const { supervisor, queue, host, ofType } = testFleet('ok');
    await supervisor.start(1);
    await eventually(() => expect(ofType('ready')).toHaveLength(1));
    const [killed] = supervisor.workers();
    process.kill(killed!.pid!, 'SIGKILL');
    await eventually(() => expect(ofType('ready')).toHaveLength(2));
    expect(queue.reclaimed).toEqual([killed?.workerId]);
    expect(ofType('exited')).toMatchObject([{ exit: { signal: 'SIGKILL' }, expected: false }]);
    expect(host.alive()).toEqual(supervisor.workers().map(({ pid }) => pid));
    expect(supervisor.workers()[0]?.workerId).not.toBe(killed?.workerId);
  });

  it('gives its tasks back to a real queue at once, as suspects, and is forgotten there', async () => {
    const settings = quickSettings();
    const queue = await openSqliteQueue({ path: join(await tempDir(), 'queue.db'), settings });
    onTestFinished(() => queue.close());
    const { supervisor, ofType } = testFleet('ok', { queue, settings });
    await supervisor.start(1);
    await eventually(() => expect(ofType('ready')).toHaveLength(1));
    const [{ workerId, pid } = { workerId: '', pid: null }] = supervisor.workers();
    await queue.enqueue([{ id: 'a', catalogId: 'c', payload: {} }]);
    await queue.heartbeat(heartbeatOf({ workerId }));
    expect((await queue.claim({ workerId, claimId: 'x', max: 8, leaseMs: 600_000 })).tasks).toHaveLength(1);
    process.kill(pid!, 'SIGKILL');
    await eventually(async () =>
      expect(await queue.get('a')).toMatchObject({ state: 'waiting', suspect: true, attempts: 0 }),
    );
    await eventually(async () => expect(await queue.workers()).toEqual([]));
  });

  it('has its tasks given back later when the queue is away at its death', async () => {
    const { supervisor, queue, ofType } = testFleet('ok');
    await supervisor.start(1);
    await eventually(() => expect(ofType('ready')).toHaveLength(1));
    queue.away = new AppError('QUEUE_UNAVAILABLE', 'gone');
    const [killed] = supervisor.workers();
    process.kill(killed!.pid!, 'SIGKILL');
    await eventually(() => expect(ofType('ready')).toHaveLength(2));
    expect(queue.reclaimed).toEqual([]);
    queue.away = null;
    await eventually(() => expect(queue.reclaimed).toEqual([killed?.workerId]));
  });

  it('is killed and replaced when it falls silent', async () => {
    const { supervisor, queue, ofType } = testFleet('mute,ok', { settings: quickSettings({ watchdogMs: 5_000 }) });
    await supervisor.start(1);
    await eventually(() => expect(ofType('ready')).toHaveLength(2));
    expect(ofType('killed')).toMatchObject([{ reason: expect.stringContaining('no heartbeat for') }]);
    expect(queue.reclaimed).toHaveLength(1);
    await eventually(() => expect(ofType('heartbeat').length).toBeGreaterThan(0));
    expect(ofType('killed')).toHaveLength(1);
  });

  it('is killed when it does not drain in time', async () => {
    const { supervisor, queue, host, ofType } = testFleet('deaf', { settings: quickSettings({ drainMs: 200 }) });
    await supervisor.start(2);
    await eventually(() => expect(ofType('ready')).toHaveLength(2));
    await supervisor.stop();
    expect(host.alive()).toEqual([]);
    expect(ofType('killed').map(({ reason }) => reason)).toEqual(Array(2).fill('not drained after 200 ms'));
    expect(queue.reclaimed).toHaveLength(2);
  });

  it('is killed at once by kill, also while a stop waits for it', async () => {
    const { supervisor, host, ofType } = testFleet('deaf');
    await supervisor.start(1);
    await eventually(() => expect(ofType('ready')).toHaveLength(1));
    const stopping = supervisor.stop();
    await supervisor.kill();
    await stopping;
    expect(host.alive()).toEqual([]);
  });

  it('has its output in the log, not on this stdout', async () => {
    const { supervisor, lines } = testFleet('talk');
    await supervisor.start(1);
    await eventually(() => {
      expect(lines).toContainEqual(expect.objectContaining({ proc: 'host', stream: 'stdout', msg: 'on stdout' }));
      expect(lines).toContainEqual(expect.objectContaining({ proc: 'worker', msg: 'through the host' }));
    });
  });
});

describe('a worker that is replaced', () => {
  it('works on while its replacement starts', async () => {
    const { supervisor, queue, host, ofType } = testFleet('recycle,ok');
    await supervisor.start(1);
    const [old] = supervisor.workers();
    queue.settled(old!.workerId);
    await eventually(() => expect(ofType('ready')).toHaveLength(2));
    expect(ofType('recycled')).toEqual([
      { type: 'recycled', workerId: old?.workerId, reason: 'over its memory limit' },
    ]);
    expect(host.alive()).toHaveLength(2);
    expect(supervisor.workers().map(({ phase }) => phase)).toEqual(['draining', 'running']);
    process.kill(old!.pid!, 'SIGTERM');
    await eventually(() => expect(ofType('exited')).toMatchObject([{ workerId: old?.workerId, expected: true }]));
    expect(host.alive()).toHaveLength(1);
    expect(ofType('started')).toHaveLength(2);
  });

  it('can be told to be', async () => {
    const { supervisor, host, ofType } = testFleet('ok');
    await supervisor.start(1);
    const [old] = supervisor.workers();
    supervisor.restart(old!.workerId);
    await eventually(() => {
      expect(ofType('exited')).toMatchObject([{ workerId: old?.workerId, expected: true }]);
      expect(host.alive()).toHaveLength(1);
    });
    expect(() => supervisor.restart('nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('ends one for good, and starts no other for it', async () => {
    const { supervisor, host, ofType } = testFleet('ok');
    await supervisor.start(2);
    await eventually(() => expect(ofType('ready')).toHaveLength(2));
    const [first, second] = supervisor.workers();
    supervisor.drainOne(first!.workerId);
    supervisor.drainOne(first!.workerId);
    expect(supervisor.wanted()).toBe(1);
    await eventually(() => {
      expect(ofType('exited')).toMatchObject([{ workerId: first!.workerId, expected: true }]);
      expect(supervisor.workers()).toMatchObject([{ workerId: second!.workerId }]);
    });
    expect(host.alive()).toHaveLength(1);
    expect(() => supervisor.drainOne(first!.workerId)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    supervisor.resize(2);
    await eventually(() => expect(host.alive()).toHaveLength(2));
  });

  it('raises the alarm when it asks for it again and again before it does anything', async () => {
    const { supervisor, ofType } = testFleet('recycle-spin');
    await supervisor.start(1);
    await eventually(() => expect(ofType('alarm')).toHaveLength(1));
  });
});

describe('a crash loop', () => {
  it('raises one alarm with the last words, and goes on trying', async () => {
    const { supervisor, ofType } = testFleet('crash,crash,crash,crash,ok');
    await supervisor.start(1);
    await eventually(() => expect(ofType('ready')).toHaveLength(1));
    expect(ofType('exited')).toHaveLength(4);
    expect(ofType('alarm')).toHaveLength(1);
    expect(ofType('alarm')[0]?.error).toMatchObject({
      code: 'CRASH_LOOP',
      message: '3 workers in a row ended before they finished anything; the last one ended by exit code 7',
      details: { lastLines: ['kaboom'] },
    });
  });

  it('is none when tasks are finished in between', async () => {
    const { supervisor, queue, ofType } = testFleet('crash', {
      onEvent(event) {
        if (event.type === 'started') queue.settled(event.workerId);
      },
    });
    await supervisor.start(1);
    await eventually(() => expect(ofType('exited').length).toBeGreaterThan(5));
    expect(ofType('alarm')).toEqual([]);
  });
});

describe('a worker that can never run', () => {
  it.each(['FINGERPRINT_MISMATCH', 'MODEL_INVALID', 'DATABASE_TOO_NEW'])('fails the fleet by %s', async (code) => {
    const { supervisor, host } = testFleet(`fatal:${code}`);
    await supervisor.start(2);
    await expect(supervisor.failed).rejects.toMatchObject({ code, message: 'it does not fit' });
    await supervisor.stop();
    expect(host.alive()).toEqual([]);
    expect(host.pids()).toHaveLength(2);
  });

  it('fails the fleet when it speaks another protocol', async () => {
    const { supervisor } = testFleet('old');
    await supervisor.start(1);
    await expect(supervisor.failed).rejects.toMatchObject({
      code: 'PROTOCOL_MISMATCH',
      message: 'a worker speaks protocol 0, this host 1',
    });
  });

  it.each(['QUEUE_UNAVAILABLE', 'INTERNAL'])('is tried again after %s, which may pass', async (code) => {
    const { supervisor, ofType } = testFleet(`fatal:${code},ok`);
    await supervisor.start(1);
    await eventually(() => expect(ofType('ready')).toHaveLength(1));
  });
});
