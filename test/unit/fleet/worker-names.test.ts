import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { KnownWorker } from '../../../src-core/domain/worker-status.ts';
import { createWorkerNames, takeOverNames } from '../../../src-main/fleet/worker-names.ts';
import { status } from '../../contract/task-queue/backend.ts';

function queueWith(...workers: (Partial<KnownWorker['status']> & { lost?: boolean })[]) {
  const reclaimed: string[] = [];
  return {
    reclaimed,
    workers: async () =>
      workers.map(({ lost = false, ...over }) => ({ status: { ...status('x'), ...over }, seenAt: 0, lost })),
    async reclaim(id: string) {
      reclaimed.push(id);
      return 0;
    },
  };
}

describe('names of workers', () => {
  it('are given ones with a number, the lowest that is free', () => {
    const names = createWorkerNames('rack-3');
    const taken = new Set<string>();
    for (let i = 0; i < 3; i++) taken.add(names.next((id) => taken.has(id)));
    expect([...taken]).toEqual(['rack-3-0', 'rack-3-1', 'rack-3-2']);
    taken.delete('rack-3-1');
    expect(names.next((id) => taken.has(id))).toBe('rack-3-1');
    expect(['rack-3-0', 'rack-3-12'].every(names.isOurs)).toBe(true);
    expect(['rack-3', 'rack-3-x', 'rack-30-1', 'rack-3-1-2'].some(names.isOurs)).toBe(false);
  });

  it('are never the same without a given one', () => {
    const names = createWorkerNames(null);
    const made = new Set(Array.from({ length: 50 }, () => names.next(() => false)));
    expect(made.size).toBe(50);
    expect([...made].every(names.isOurs)).toBe(true);
  });

  it('give back what a dead host’s workers held', async () => {
    const queue = queueWith(
      { workerId: 'rack-0', host: hostname(), pid: 999_999_999 },
      { workerId: 'rack-1', host: 'elsewhere', lost: true },
      { workerId: 'rack-2', host: 'elsewhere', state: 'stopped' },
      { workerId: 'other-0', host: 'elsewhere' },
    );
    await takeOverNames(createWorkerNames('rack'), queue);
    expect(queue.reclaimed).toEqual(['rack-0', 'rack-1', 'rack-2']);
  });

  it.each([
    ['another host', { host: 'elsewhere', pid: 1 }],
    ['this host', { host: hostname(), pid: process.pid }],
  ])('are refused while one of them is alive on %s', async (_, where) => {
    const queue = queueWith({ workerId: 'rack-0', ...where });
    const refusal = takeOverNames(createWorkerNames('rack'), queue);
    await expect(refusal).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(where.host) });
    expect(queue.reclaimed).toEqual([]);
  });
});
