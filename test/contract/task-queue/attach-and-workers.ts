import { describe, expect, it } from 'vitest';
import { claimOne, done, LOST_AFTER, newTask, status, type OpenQueueBackend } from './backend.ts';

export function testAttachAndWorkers(openBackend: OpenQueueBackend): void {
  describe('attach', () => {
    const fingerprint = { protocol: 1, store: 'sqlite:one', model: 'default-160' };

    it('binds the queue to what the first caller feeds', async () => {
      const backend = await openBackend();
      const first = await backend.open();
      await first.attach(fingerprint);
      await first.heartbeat(status('w1'));
      const second = await backend.open();
      await second.attach(fingerprint);
      await expect(second.attach({ ...fingerprint, store: 'sqlite:two' })).rejects.toMatchObject({
        code: 'FINGERPRINT_MISMATCH',
        message: expect.stringMatching(/sqlite:two.*sqlite:one/) as unknown,
      });
      await expect(second.attach({ ...fingerprint, model: 'other' })).rejects.toMatchObject({
        code: 'FINGERPRINT_MISMATCH',
        message: expect.stringMatching(/other.*default-160/) as unknown,
      });
      await expect(second.attach({ ...fingerprint, protocol: 2 })).rejects.toMatchObject({
        code: 'PROTOCOL_MISMATCH',
        message: expect.stringMatching(/2.*1/) as unknown,
      });
    });

    it('may be anew when no task is open and no worker alive', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      const other = { ...fingerprint, store: 'qdrant:two' };
      const refused = { code: 'FINGERPRINT_MISMATCH' };
      await queue.attach(fingerprint);
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await expect(queue.attach(other)).rejects.toMatchObject(refused);
      await queue.heartbeat(status('w1', 'stopped'));
      await expect(queue.attach(other)).rejects.toMatchObject(refused);
      await advance(LOST_AFTER + 1);
      await queue.enqueue([newTask('a')]);
      await expect(queue.attach(other)).rejects.toMatchObject(refused);
      await queue.settle('w3', [done(await claimOne(queue, 'w3'))]);
      await queue.attach(other);
      await queue.heartbeat(status('w4'));
      await expect(queue.attach(fingerprint)).rejects.toMatchObject(refused);
    });

    it('lets one of two at once decide', async () => {
      const backend = await openBackend();
      const [one, two] = [await backend.open(), await backend.open()];
      await one.enqueue([newTask('a')]);
      const results = await Promise.allSettled([
        one.attach(fingerprint),
        two.attach({ ...fingerprint, model: 'other' }),
      ]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });
  });

  describe('heartbeat and workers', () => {
    it('report each worker with its newest status, lost when it fell silent without a goodbye', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1', 'starting'));
      await queue.heartbeat(status('w1', 'busy'));
      await queue.heartbeat(status('w2', 'stopped'));
      await queue.heartbeat(status('w3'));
      await advance(LOST_AFTER / 2);
      await queue.heartbeat(status('w3', 'busy'));
      await advance(LOST_AFTER * 0.6);
      const workers = (await queue.workers()).toSorted((a, b) => a.status.workerId.localeCompare(b.status.workerId));
      expect(workers).toMatchObject([
        { status: status('w1', 'busy'), lost: true },
        { status: status('w2', 'stopped'), lost: false },
        { status: status('w3', 'busy'), lost: false },
      ]);
      expect(workers[2]!.seenAt).toBeGreaterThan(workers[0]!.seenAt);
    });

    it('forget a worker on request', async () => {
      const queue = await (await openBackend()).open();
      await queue.heartbeat(status('w1', 'stopped'));
      await queue.removeWorker('w1');
      await queue.removeWorker('nobody');
      expect(await queue.workers()).toEqual([]);
    });

    it('refuse a status that is not one', async () => {
      const queue = await (await openBackend()).open();
      await expect(queue.heartbeat({ ...status('w1'), state: 'dancing' } as never)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('state') as unknown,
      });
    });
  });

  describe('close', () => {
    it('may be called twice, and what comes after it is refused', async () => {
      const queue = await (await openBackend()).open();
      await queue.close();
      await queue.close();
      await expect(queue.stats()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    });
  });
}
