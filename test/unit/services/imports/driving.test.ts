import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { discovered, type ImportRun } from '../../../../src-core/domain/import.ts';
import { countsOf } from '../../../contract/import-log/lines.ts';
import { openRig, type Host, type Rig } from './rig.ts';

const PICTURES = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${n}.jpg`, `picture ${n}`]));

/** A run that its host was told to stop, or not yet. */
function startRun(host: Host, path: string) {
  const abort = new AbortController();
  const progress: ImportRun[] = [];
  const started = host.imports.start({ path, catalogId: host.catalog.id });
  const ended = started.then(({ id }) =>
    host.imports.run(id, { signal: abort.signal, onProgress: (run) => progress.push(run) }),
  );
  ended.catch(() => {}); // each test awaits it itself
  return { abort, progress, started, ended };
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 10_000, interval: 5 });
}

async function expectAllIndexed(rig: Rig, importId: string): Promise<void> {
  expect(await countsOf(rig.log, importId)).toEqual({ indexed: 30 });
  expect((await rig.records()).length).toBe(30);
  expect((await rig.queue.stats()).totals.enqueued).toBe(30);
}

describe('driving', () => {
  it('adds up at every moment', async () => {
    const rig = await openRig();
    await rig.write({ ...PICTURES, 'broken.jpg': 'bad', 'notes.txt': 'x' });
    rig.startWorker();
    const { progress, ended } = startRun(rig, rig.root);
    const last = await ended;
    expect(last.state).toBe('completed');
    expect(await countsOf(rig.log, last.id)).toEqual({ indexed: 30, failed: 1, excluded: 1 });
    expect(progress.at(-1)).toEqual(last);
    const found = progress.map(({ counts }) => discovered(counts));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found.at(-1)).toBe(32);
  });

  it('does not run far ahead of the workers', async () => {
    const rig = await openRig({ timing: { maxOpen: 8 } });
    await rig.write(PICTURES);
    const { progress, ended } = startRun(rig, rig.root);
    await until(() => (progress.at(-1)?.counts.open ?? 0) >= 8);
    rig.startWorker();
    await expectAllIndexed(rig, (await ended).id);
    expect(Math.max(...progress.map(({ counts }) => counts.open))).toBeLessThan(8 + 4);
  });

  it('stops when it is told to, and goes on as the same import', async () => {
    const rig = await openRig({ timing: { maxOpen: 8 } });
    await rig.write(PICTURES);
    const first = startRun(rig, rig.root);
    await until(() => (first.progress.at(-1)?.counts.open ?? 0) >= 8);
    first.abort.abort();
    const stopped = await first.ended;
    expect(stopped).toMatchObject({ state: 'walking', owner: null, finishedAt: null });
    expect(await rig.imports.list()).toEqual([stopped]);
    rig.startWorker();
    const last = await rig.importAll();
    expect(last.id).toBe(stopped.id);
    await expectAllIndexed(rig, last.id);
  });

  it('is one process’s at a time, and another’s when that one is silent', async () => {
    const rig = await openRig({ timing: { maxOpen: 4, ownMs: 60_000 } });
    await rig.write(PICTURES);
    const other = await rig.openHost({ owner: 'other-host', timing: { ownMs: 60_000 } });
    const first = startRun(rig, rig.root);
    const { id } = await first.started;
    const conflict = { code: 'CONFLICT', message: expect.stringContaining('test-host') };
    await expect(startRun(other, rig.root).ended).rejects.toMatchObject(conflict);
    await expect(other.imports.run(id)).rejects.toMatchObject(conflict);
    await until(() => first.progress.length > 0);
    await expect(rig.imports.run(id)).rejects.toMatchObject({ code: 'CONFLICT' });

    // Silent: the log says so of an owner whose time is over.
    await rig.log.own(id, 'test-host', -1);
    rig.startWorker();
    expect((await startRun(other, rig.root).ended).id).toBe(id);
    await expectAllIndexed(rig, id);
    first.abort.abort();
    await first.ended;
  });

  it('ends in the process whose right was taken', async () => {
    const rig = await openRig({ timing: { ownMs: 30 } });
    await rig.write(PICTURES);
    const first = startRun(rig, rig.root);
    const { id } = await first.started;
    await until(() => first.progress.length > 0);
    await rig.log.own(id, 'thief', 60_000, 'test-host');
    await expect(first.ended).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await rig.imports.status(id)).toMatchObject({ owner: 'thief' });
  });

  it('outlives kills of its process between any two writes', async () => {
    const rig = await openRig();
    await rig.write(PICTURES);
    rig.startWorker();
    const script = join(import.meta.dirname, 'host-process.ts');
    const kills: unknown[] = [];
    for (let nth = 1; nth < 100; nth += 3) {
      const [, signal] = await once(fork(script, [rig.dir, rig.root, String(nth)]), 'exit');
      if (signal === null) break;
      kills.push(signal);
    }
    expect(kills.length).toBeGreaterThan(4);
    expect(new Set(kills)).toEqual(new Set(['SIGKILL']));
    const [run, ...others] = await rig.imports.list();
    expect(others).toEqual([]);
    expect(run).toMatchObject({ state: 'completed' });
    await expectAllIndexed(rig, run!.id);
  });
});

describe('pause, resume and cancel', () => {
  it('stop the walk and the queue, from any process, and let them go on', async () => {
    const rig = await openRig({ timing: { maxOpen: 8 } });
    await rig.write(PICTURES);
    const other = await rig.openHost({ owner: 'other-host' });
    const { ended, started, progress } = startRun(rig, rig.root);
    const { id } = await started;
    await until(() => (progress.at(-1)?.counts.open ?? 0) >= 8);
    expect(await other.imports.pause(id)).toMatchObject({ state: 'paused' });
    rig.startWorker();
    await until(() => progress.at(-1)?.state === 'paused');
    expect((await rig.queue.stats()).counts).toMatchObject({ completed: 0, waiting: 8 });
    expect(await other.imports.resume(id)).toMatchObject({ state: 'walking' });
    expect(await ended).toMatchObject({ state: 'completed' });
    await expectAllIndexed(rig, id);
  });

  it('lets the same command go on with a paused import', async () => {
    const rig = await openRig({ timing: { maxOpen: 8 } });
    await rig.write(PICTURES);
    const { ended, started, abort, progress } = startRun(rig, rig.root);
    const { id } = await started;
    await until(() => (progress.at(-1)?.counts.open ?? 0) >= 8);
    await rig.imports.pause(id);
    abort.abort();
    expect(await ended).toMatchObject({ state: 'paused' });
    rig.startWorker();
    expect(await rig.importAll()).toMatchObject({ id, state: 'completed' });
    await expectAllIndexed(rig, id);
  });

  it('cancels what is open, and nothing else, while it is driven', async () => {
    const rig = await openRig({ timing: { maxOpen: 8 } });
    await rig.write(PICTURES);
    const { ended, started, progress } = startRun(rig, rig.root);
    const { id } = await started;
    await until(() => (progress.at(-1)?.counts.open ?? 0) >= 8);
    expect(await rig.imports.cancel(id)).toBe(8);
    expect(await ended).toMatchObject({ state: 'cancelled', reason: null });
    expect(await countsOf(rig.log, id)).toEqual({ cancelled: 8 });
    for (const verb of ['pause', 'resume', 'cancel'] as const) {
      await expect(rig.imports[verb](id)).rejects.toMatchObject({ code: 'CONFLICT' });
    }
    rig.startWorker();
    const next = await rig.importAll();
    expect(next.id).not.toBe(id);
    expect(await countsOf(rig.log, next.id)).toEqual({ indexed: 30 });
  });

  it('names an import that is not there', async () => {
    const { imports } = await openRig();
    const id = crypto.randomUUID();
    for (const verb of ['pause', 'resume', 'cancel', 'status', 'run', 'refresh'] as const) {
      await expect(imports[verb](id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('the ledger and the queue', () => {
  it('agree again after the queue’s log of events had a gap', async () => {
    const rig = await openRig();
    await rig.write(PICTURES);
    const first = startRun(rig, rig.root);
    await until(() => (first.progress.at(-1)?.counts.open ?? 0) === 30);
    const { events } = rig.queue;
    let gaps = 0;
    rig.queue.events = async (since, limit) => {
      const page = await events(since, limit);
      const lost = page.events.some(({ type }) => type === 'settled');
      if (lost) gaps++;
      return lost ? { events: [], cursor: page.cursor, gap: true } : page;
    };
    rig.startWorker();
    await expectAllIndexed(rig, (await first.ended).id);
    expect(gaps).toBeGreaterThan(0);
  });

  it('agree when tasks are cancelled one by one, and retried after the end', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1', 'b.jpg': 'bad' });
    const first = startRun(rig, rig.root);
    await until(() => (first.progress.at(-1)?.counts.open ?? 0) === 2);
    const { items } = await rig.queue.list({ text: 'a.jpg' }, 1);
    await rig.queue.cancel({ ids: [items[0]!.id] });
    rig.startWorker();
    const { id } = await first.ended;
    expect(await rig.lines(id)).toEqual(['a.jpg: cancelled', 'b.jpg: failed IMAGE_CORRUPT']);

    await rig.write({ 'b.jpg': 'repaired' });
    expect(await rig.queue.retry({ importId: id })).toBe(2);
    await until(async () => (await rig.queue.stats()).counts.completed === 2);
    expect(await rig.imports.refresh(id)).toMatchObject({ state: 'completed', errors: {} });
    expect(await rig.lines(id)).toEqual(['a.jpg: indexed', 'b.jpg: indexed']);
    expect(await rig.lines((await rig.importAll()).id)).toEqual([
      'a.jpg: skipped unchanged',
      'b.jpg: skipped unchanged',
    ]);
  });

  it('follow a retried task of a finished import while another one runs', async () => {
    const rig = await openRig();
    await rig.write({ 'x/a.jpg': 'bad', 'y/b.jpg': '2' });
    rig.startWorker();
    const { id } = await rig.importAll({ path: join(rig.root, 'x') });
    await rig.write({ 'x/a.jpg': 'repaired' });
    await rig.queue.setPaused(true);
    const second = startRun(rig, join(rig.root, 'y'));
    await until(() => (second.progress.at(-1)?.counts.open ?? 0) === 1);
    await rig.queue.retry({ importId: id });
    await rig.queue.setPaused(false);
    await second.ended;
    expect(await rig.lines(id)).toEqual(['x/a.jpg: indexed']);
  });

  it('agree again after the queue lost its tasks', async () => {
    const rig = await openRig({ timing: { maxOpen: 50 } });
    await rig.write(PICTURES);
    const first = startRun(rig, rig.root);
    await until(async () => (await rig.imports.status((await first.started).id)).walked);
    first.abort.abort();
    const { id } = await first.ended;
    await rig.queue.cancel({});
    await rig.queue.remove({});
    await rm(join(rig.root, '7.jpg'));
    rig.startWorker();
    expect(await rig.importAll()).toMatchObject({ id, errors: { FILE_NOT_FOUND: 1 } });
    expect(await countsOf(rig.log, id)).toEqual({ indexed: 29, failed: 1 });
  });

  it('heal a crash between the ledger and the queue', async () => {
    const rig = await openRig();
    await rig.write(PICTURES);
    rig.startWorker();
    const enqueue = vi.spyOn(rig.queue, 'enqueue').mockRejectedValueOnce(new Error('killed here'));
    await expect(rig.importAll()).rejects.toThrow('killed here');
    enqueue.mockRestore();
    const [run] = await rig.imports.list();
    expect(run).toMatchObject({ state: 'waiting', reason: 'INTERNAL', counts: { open: 4 } });
    const last = await rig.importAll();
    expect(last.id).toBe(run!.id);
    await expectAllIndexed(rig, last.id);
  });
});
