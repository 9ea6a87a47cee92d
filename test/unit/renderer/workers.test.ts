import { expect, it, vi } from 'vitest';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { createHeard } from '../../../src-renderer/features/workers/heard.ts';
import { rowsOf } from '../../../src-renderer/features/workers/rows.ts';

const worker = (fields: Partial<WorkerDocument> & { worker_id: string }): WorkerDocument => ({
  host: 'attic',
  pid: 1,
  version: '0.1.0',
  protocol: 1,
  state: 'busy',
  current_tasks: [],
  processed: 0,
  failed: 0,
  rate: 0,
  started_at: '2026-01-01T00:00:00.000Z',
  seen_at: '2026-01-01T00:00:00.000Z',
  lost: false,
  rss_bytes: 0,
  cpu: 0,
  stages: {} as WorkerDocument['stages'],
  tags: [],
  waiting_for: null,
  ...fields,
});
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const ids = (workers: readonly WorkerDocument[]) => workers.map(({ worker_id }) => worker_id);

it('orders by host and number, whoever was heard of first', () => {
  const all = ['b-10', 'a-1', 'b-2', 'b-1'].map((worker_id) => worker({ worker_id, host: worker_id[0]! }));
  expect(ids(rowsOf(all, {}))).toEqual(['a-1', 'b-1', 'b-2', 'b-10']);
});

it('sorts by a column, and leaves the lost behind', () => {
  const all = [
    worker({ worker_id: 'slow', rate: 1 }),
    worker({ worker_id: 'lost', rate: 90, lost: true }),
    worker({ worker_id: 'quick', rate: 40 }),
  ];
  expect(ids(rowsOf(all, { sort: 'rate', order: 'desc' }))).toEqual(['quick', 'slow', 'lost']);
  expect(ids(rowsOf(all, { view: 'lost' }))).toEqual(['lost']);
  expect(ids(rowsOf(all, { view: 'online', text: 'QUICK' }))).toEqual(['quick']);
});

it('remembers the rates of a worker, once for each heartbeat', () => {
  const heard = createHeard();
  const listener = vi.fn<() => void>();
  heard.subscribe(listener);
  heard.list([worker({ worker_id: 'w', seen_at: at(0), rate: 3 })]);
  heard.now([worker({ worker_id: 'w', seen_at: at(0), rate: 3 })], Date.parse(at(0)));
  const before = heard.ratesOf('w');
  expect(before).toEqual([3]);
  expect(heard.ratesOf('w')).toBe(before);
  for (let n = 1; n < 60; n++) heard.now([worker({ worker_id: 'w', seen_at: at(n), rate: n })], Date.parse(at(n)));
  expect([heard.ratesOf('w').length, heard.ratesOf('w').at(-1)]).toEqual([40, 59]);
  heard.list([]);
  expect(heard.ratesOf('w')).toEqual([]);
  expect(listener).toHaveBeenCalled();
});

it('tells by how much this clock is ahead, from the promptest heartbeat', () => {
  const heard = createHeard();
  expect(heard.lead()).toBe(0);
  const seen_at = '2026-01-01T00:00:00.000Z';
  for (const late of [31_000, 30_200, 34_000]) {
    heard.now([worker({ worker_id: 'w', seen_at })], Date.parse(seen_at) + late);
  }
  expect(heard.lead()).toBe(30_200);
});
