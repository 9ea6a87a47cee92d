import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isAlive } from '../../support/proc.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startProcess } from './test-host.ts';
import { names, openWork } from './work.ts';

const LONG = 30_000;

describe('worker process', () => {
  it('indexes pictures, says how it is doing, and ends when it is drained', async () => {
    const work = await openWork(names(30));
    const settings = { fleet: { heartbeatMs: 50 } };
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir, settings });
    await worker.message('ready');
    const beat = await worker.message('heartbeat', ({ status }) => status.processed === 30);
    expect(beat.status).toMatchObject({ workerId: 'worker-1', pid: worker.child.pid, failed: 0, waitingFor: null });
    expect(beat.status.stages.embed).toMatchObject({ items: 30 });
    expect((await work.counts()).completed).toBe(30);
    expect(await work.store.count(work.catalogId)).toBe(30);
    expect(await work.queue.workers()).toMatchObject([{ lost: false, status: { workerId: 'worker-1' } }]);

    worker.child.kill('SIGINT'); // the host's to handle
    worker.child.send({ type: 'drain' });
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    const last = worker.messages.findLast((message) => message.type === 'heartbeat');
    expect(last).toMatchObject({ status: { state: 'stopped', processed: 30 } });
  });

  it('drains on SIGTERM', async () => {
    const work = await openWork(names(5));
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir });
    await worker.message('ready');
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    const { active, completed, waiting } = await work.counts();
    expect(active).toBe(0);
    expect(completed + waiting).toBe(5);
  });

  it('ends when its host lets go of it', async () => {
    const work = await openWork([]);
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir });
    await worker.message('ready');
    worker.child.disconnect();
    expect(await worker.exited).toEqual({ code: 0, signal: null });
  });

  it('refuses a host of another protocol, with both named', async () => {
    const worker = startProcess({ entry: 'worker', dataDir: await tempDir(), protocol: 99 });
    const { error } = await worker.message('fatal');
    expect(error.code).toBe('PROTOCOL_MISMATCH');
    expect(error.message).toMatch(/99.*1/);
    expect(await worker.exited).toEqual({ code: 1, signal: null });
  });

  it('refuses a queue that feeds another store', async () => {
    const work = await openWork(['a.png']);
    await work.queue.attach({ protocol: 1, store: 'sqlite:elsewhere', model: 'default-160' });
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir });
    expect((await worker.message('fatal')).error.code).toBe('FINGERPRINT_MISMATCH');
    expect(await worker.exited).toEqual({ code: 1, signal: null });
  });

  it('asks to be replaced when it is over its memory limit', async () => {
    const work = await openWork([]);
    const settings = { fleet: { heartbeatMs: 50, maxRssBytes: 64e6 } };
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir, settings });
    expect((await worker.message('recycle')).reason).toContain('64000000');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
  });

  it('is killed by a poison picture where the test hook says so', async () => {
    const work = await openWork(['a.png', 'poison.png']);
    const env = { IMAGEFLEET_TEST_POISON: 'poison' };
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir, env });
    expect(await worker.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('finishes the rest and goes when a decoder never comes back', async () => {
    const work = await openWork(['a.png', 'b.png', 'stuck.png']);
    const env = { IMAGEFLEET_TEST_STUCK: 'stuck' };
    const settings = { limits: { decodeMs: 200 } };
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir, settings, env });
    expect((await worker.message('recycle')).reason).toContain('decoder');
    expect(await worker.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await work.counts()).toMatchObject({ completed: 2, failed: 1, active: 0 });
    expect((await work.queue.stats()).failuresByCode).toEqual({ DECODE_TIMEOUT: 1 });
  });

  it(
    'does not outlive a host that was killed while its main thread was stuck',
    async () => {
      const work = await openWork(['hang.png']);
      const env = { ...process.env, IMAGEFLEET_TEST_HANG: 'hang' };
      const host = fork(new URL('./mortal-host.ts', import.meta.url), [work.dataDir], {
        env,
        serialization: 'advanced',
      });
      onTestFinished(() => void host.kill('SIGKILL'));
      let pid = 0;
      let beats = 0;
      host.on('message', (told: { pid: number; message: { type: string } }) => {
        pid = told.pid;
        if (told.message.type === 'heartbeat') beats++;
      });
      onTestFinished(() => {
        if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
      });
      await vi.waitFor(async () => expect((await work.counts()).active).toBe(1), LONG);
      // Stuck once it no longer beats.
      let before = -1;
      await vi.waitFor(
        () => {
          const still = beats === before;
          before = beats;
          expect(still).toBe(true);
        },
        { timeout: LONG, interval: 500 },
      );
      expect(isAlive(pid)).toBe(true);
      host.kill('SIGKILL');
      await once(host, 'exit');
      await vi.waitFor(async () => expect(isAlive(pid)).toBe(false), { timeout: LONG, interval: 100 });
    },
    LONG * 2,
  );
});
