import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { openRig, someFiles, toTask, type Rig, until } from './rig.ts';

const completed = async (rig: Rig): Promise<number> => (await rig.queue.stats()).counts.completed;

async function counts(rig: Rig) {
  const { waiting, active, delayed, completed, failed } = (await rig.queue.stats()).counts;
  return { waiting, active, delayed, completed, failed };
}

const NONE = { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 };

/** Work that waits until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

describe('run loop', () => {
  it('settles each claimed task exactly once, and stores each picture', async () => {
    const rig = await openRig();
    const ids = await rig.add(someFiles(150));
    rig.start();
    await until(async () => expect(await completed(rig)).toBe(150));
    await rig.drained();
    expect(rig.settled.map(({ taskId }) => taskId).toSorted()).toEqual(ids.toSorted());
    expect(await rig.store.count(rig.catalogId)).toBe(150);
    expect(rig.loop.snapshot()).toMatchObject({ processed: 150, failed: 0, dropped: 0, currentTasks: [] });
  });

  it('goes on when work comes later', async () => {
    const rig = await openRig();
    rig.start();
    await rig.add(someFiles(3, 'early'));
    await until(async () => expect(await completed(rig)).toBe(3));
    await rig.add(someFiles(3, 'late'));
    await until(async () => expect(await completed(rig)).toBe(6));
  });

  it('fails a bad picture among good ones alone, and one that the model cannot take after its attempts', async () => {
    const rig = await openRig();
    await rig.add({ ...someFiles(6), bad: 'bad', sick: 'sick', ...someFiles(6, 'q') });
    rig.start();
    await until(async () => expect(await counts(rig)).toEqual({ ...NONE, completed: 12, failed: 2 }));
    const codes = (await rig.queue.stats()).failuresByCode;
    expect(codes).toEqual({ IMAGE_CORRUPT: 1, EMBED_FAILED: 1 });
    expect(await rig.queue.get('task-/pictures/bad')).toMatchObject({ attempts: 1 });
    expect(await rig.queue.get('task-/pictures/sick')).toMatchObject({ attempts: 3 });
    await rig.drained();
    expect(rig.loop.snapshot()).toMatchObject({ processed: 12 });
  });

  it('fails a kind that nobody knows, a payload that is not one, and a file that is not there', async () => {
    const rig = await openRig();
    await rig.queue.enqueue([
      { id: 'odd', kind: 'constructor', catalogId: rig.catalogId, payload: {} },
      { id: 'empty', catalogId: rig.catalogId, payload: {} },
      toTask(rig.catalogId, '/nowhere', { payload: { root: '/' } }),
    ]);
    rig.start();
    await until(async () => expect((await counts(rig)).failed).toBe(3));
    expect((await rig.queue.get('odd'))?.error?.message).toContain('"constructor"');
    expect((await rig.queue.get('empty'))?.error?.message).toContain('path');
    expect((await rig.queue.get('task-/nowhere'))?.error?.code).toBe('FILE_NOT_FOUND');
  });

  it('drains: finishes what has begun and releases the rest without burning an attempt', async () => {
    const reading = gate();
    const entered: string[] = [];
    const rig = await openRig({
      pictures: (plain) => ({
        async read(path, root) {
          entered.push(path);
          await reading.passed;
          return plain.read(path, root);
        },
      }),
    });
    const ids = await rig.add(someFiles(8));
    rig.start();
    // The first files are taken to be large, so that not all may be read at a time.
    await until(() => expect(entered.length).toBeGreaterThan(0));
    const begun = entered.length;
    expect(begun).toBeLessThan(8);
    rig.loop.drain();
    reading.open();
    await rig.drained();
    expect(await counts(rig)).toEqual({ ...NONE, completed: begun, waiting: 8 - begun });
    expect(rig.settled.map(({ taskId }) => taskId).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect((await rig.queue.get(id))?.attempts).toBe(0);
    expect(rig.loop.snapshot().state).toBe('draining');
  });

  it('pauses while the store is down, burns nothing, and goes on when it is back', async () => {
    let down = true;
    let writes = 0;
    const rig = await openRig({
      store: (store) => ({
        async upsert(catalogId, images) {
          writes++;
          if (down) throw new AppError('STORE_UNAVAILABLE', 'the store is away');
          return store.upsert(catalogId, images);
        },
      }),
    });
    const ids = await rig.add(someFiles(60));
    rig.start();
    await until(() => expect(writes).toBeGreaterThanOrEqual(4));
    await until(() => expect(rig.loop.snapshot().waitingFor).toContain('the store is away'));
    down = false;
    await until(async () => expect(await completed(rig)).toBe(60));
    for (const id of ids) expect((await rig.queue.get(id))?.history).toEqual([]);
    expect(rig.loop.snapshot().waitingFor).toBeNull();
    // One batch met it first; after that it was tried with one task at a time.
    const probes = rig.settled.filter(({ outcome }) => outcome === 'release');
    expect(probes.length).toBeLessThan(60);
  });

  it('sends a claim again with the same id when its answer was lost, and a settle until it arrives', async () => {
    const claimIds: string[] = [];
    let settles = 0;
    const away = new AppError('QUEUE_UNAVAILABLE', 'the queue is away');
    const rig = await openRig({
      queue: (queue) => ({
        async claim(request) {
          claimIds.push(request.claimId);
          const answer = await queue.claim(request);
          if (claimIds.length === 1) throw away;
          return answer;
        },
        async settle(workerId, settlements) {
          settles++;
          const answers = await queue.settle(workerId, settlements);
          if (settles === 1) throw away;
          return answers;
        },
      }),
    });
    await rig.add(someFiles(4));
    rig.start();
    await until(async () => expect(await completed(rig)).toBe(4));
    await rig.drained();
    expect(claimIds[1]).toBe(claimIds[0]);
    expect(claimIds[2]).not.toBe(claimIds[0]);
    expect(settles).toBeGreaterThan(1);
    expect(rig.loop.snapshot()).toMatchObject({ processed: 4, dropped: 0 });
  });

  it('writes and settles nothing after its lease has run out', async () => {
    let frozenMs = 0;
    const embedding = gate();
    const reached = gate();
    const rig = await openRig({
      now: () => performance.now() + frozenMs,
      embedder: (plain) => ({
        async embed(pixels, count) {
          reached.open();
          await embedding.passed;
          return plain.embed(pixels, count);
        },
      }),
    });
    await rig.add(someFiles(4));
    rig.start();
    await reached.passed;
    frozenMs = 31_000; // as if stopped past the lease of 30 s, and thawed
    embedding.open();
    await rig.drained();
    expect(rig.settled).toEqual([]);
    expect(await rig.store.count(rig.catalogId)).toBe(0);
    expect(rig.loop.snapshot()).toMatchObject({ processed: 0, dropped: 4 });
    expect((await counts(rig)).active).toBe(4);
  });

  it('renews its leases while it works, and stops work on a task that was taken away', async () => {
    const embedding = gate();
    const reached = gate();
    let renewals = 0;
    const rig = await openRig({
      settings: { queue: { leaseMs: 300 } },
      queue: (queue) => ({
        async extend(workerId, tasks, leaseMs) {
          renewals++;
          return queue.extend(workerId, tasks, leaseMs);
        },
      }),
      embedder: (plain) => ({
        async embed(pixels, count) {
          reached.open();
          await embedding.passed;
          return plain.embed(pixels, count);
        },
      }),
    });
    const [cancelled] = await rig.add(someFiles(4));
    rig.start();
    await reached.passed;
    await rig.queue.cancel({ ids: [cancelled!] });
    await until(() => expect(renewals).toBeGreaterThanOrEqual(5));
    embedding.open();
    await until(async () => expect(await completed(rig)).toBe(3));
    await rig.drained();
    expect(rig.loop.snapshot()).toMatchObject({ processed: 3, dropped: 1 });
    expect(await rig.store.count(rig.catalogId)).toBe(3);
  });

  it('empties its hands for suspects and takes them one at a time', async () => {
    let atATime = 0;
    const seen: number[] = [];
    const embedding = gate();
    const reached = gate();
    const rig = await openRig({
      embedder: (plain) => ({
        async embed(pixels, count) {
          reached.open();
          await embedding.passed;
          return plain.embed(pixels, count);
        },
      }),
      handler: (index) => ({
        ...index,
        async run(job) {
          atATime++;
          if (job.task.suspect) seen.push(atATime);
          try {
            return await index.run(job);
          } finally {
            atATime--;
          }
        },
      }),
    });
    await rig.add(someFiles(3, 'suspect'));
    await rig.queue.claim({ workerId: 'dead', claimId: 'c', max: 10, leaseMs: 30_000 });
    await rig.add(someFiles(40));
    rig.start();
    await reached.passed;
    expect(rig.loop.snapshot().state).toBe('busy');
    expect(await rig.queue.reclaim('dead')).toBe(3);
    embedding.open();
    await until(async () => expect(await counts(rig)).toEqual({ ...NONE, completed: 43 }));
    expect(seen).toEqual([1, 1, 1]);
  });

  it('finishes the rest and reports a decoder that hangs', async () => {
    const rig = await openRig({
      settings: { limits: { decodeMs: 100 } },
      pictures: (plain) => ({
        decode: (bytes) => (Buffer.from(bytes).toString() === 'hang' ? new Promise(() => {}) : plain.decode(bytes)),
      }),
    });
    await rig.add({ ...someFiles(5), hang: 'hang' });
    rig.start();
    await until(async () => expect(await counts(rig)).toEqual({ ...NONE, completed: 5, failed: 1 }));
    expect((await rig.queue.get('task-/pictures/hang'))?.error?.code).toBe('DECODE_TIMEOUT');
    expect(rig.hung).toHaveLength(1);
  });

  it('gives a task back that this worker cannot see', async () => {
    const rig = await openRig({
      pictures: () => ({
        read: () => Promise.reject(new AppError('SOURCE_UNAVAILABLE', 'unplugged')),
      }),
    });
    await rig.add(someFiles(1));
    rig.start();
    await until(() => expect(rig.settled[0]).toMatchObject({ outcome: 'release', reason: 'unseen' }));
  });

  it('ends with the error when the queue refuses for good, after what it holds is settled', async () => {
    let claims = 0;
    const rig = await openRig({
      queue: (queue) => ({
        async claim(request) {
          claims++;
          if (claims > 1) throw new AppError('DATABASE_TOO_NEW', 'updated meanwhile');
          return queue.claim(request);
        },
      }),
    });
    await rig.add(someFiles(2));
    await expect(rig.loop.run()).rejects.toMatchObject({ code: 'DATABASE_TOO_NEW' });
    expect(await completed(rig)).toBe(2);
  });
});
