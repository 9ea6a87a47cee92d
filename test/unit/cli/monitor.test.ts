import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { formatFrame, formatLine } from '../../../src-main/cli/monitor/frame.ts';
import type { Reading } from '../../../src-main/cli/monitor/reading.ts';
import { painter } from '../../../src-main/cli/io.ts';

const AT = Date.parse('2024-05-01T12:00:00Z');

const worker = (n: number): Reading['workers'][number] => ({
  status: {
    workerId: `host-${n}`,
    host: 'host',
    pid: n,
    version: '0.1.0',
    protocol: 1,
    state: 'busy',
    currentTasks: [],
    processed: n,
    failed: 0,
    rate: 2,
    startedAt: AT,
    rssBytes: 3e8,
    cpu: 1,
    stages: {} as Reading['workers'][number]['status']['stages'],
    tags: [],
    waitingFor: null,
  },
  seenAt: AT,
  lost: false,
});

const failure = (n: number): Reading['failures'][number] => ({
  id: `task-${n}`,
  kind: 'index',
  state: 'failed',
  priority: 'normal',
  payload: { path: `/photos/${'long/'.repeat(40)}${n}\u001B[2J.jpg` },
  catalogId: 'c',
  importId: null,
  workerId: null,
  attempts: 1,
  maxAttempts: 3,
  stalls: 0,
  createdAt: AT,
  dueAt: null,
  finishedAt: AT - n * 1_000,
  error: { code: 'IMAGE_CORRUPT', message: 'it ends too early' },
});

const reading = (workers: number, failures: number): Reading => ({
  at: AT,
  stats: {
    counts: { waiting: 1_200, active: 3, delayed: 0, completed: 9, failed: failures, cancelled: 0 },
    waitingByPriority: { high: 0, normal: 1_200, low: 0 },
    suspects: 0,
    oldestWaitingMs: 65_000,
    paused: true,
    throughput: { perMinute1: 1, perMinute5: 1, perMinute15: 1 },
    totals: { enqueued: 1_212, completed: 9, failed: failures, cancelled: 0, retried: 0, stalled: 0 },
    failuresByCode: {},
  },
  workers: Array.from({ length: workers }, (_, n) => worker(n)),
  rate: 12.4,
  limit: 'paused',
  failures: Array.from({ length: failures }, (_, n) => failure(n)),
});

const terminal = { isTTY: true, hasColors: () => true } as unknown as Parameters<typeof painter>[0];
const paint = painter(terminal, true);

it.each([
  [0, 0],
  [3, 5],
  [200, 5],
])('fits %d workers and %d failures into the terminal', (workers, failures) => {
  const frame = formatFrame(reading(workers, failures), { columns: 60, rows: 20 }, paint);
  const lines = stripVTControlCharacters(frame).split('\n');
  expect(lines.length).toBeLessThanOrEqual(20);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  expect(lines[0]).toContain('1,200 waiting  3 active  0 delayed  9 completed');
  expect(lines[1]).toContain(`paused  12/s  ${workers} workers`);
  expect(lines.at(-1)).toBe('Ctrl-C ends it.');
});

it('says how many workers it leaves out, and shows none of what a name would do to the terminal', () => {
  const frame = formatFrame(reading(200, 1), { columns: 400, rows: 20 }, paint);
  const lines = stripVTControlCharacters(frame).split('\n');
  const shown = lines.filter((line) => line.startsWith('host-')).length;
  expect(lines).toContain(`… and ${200 - shown} workers more`);
  expect(frame).toContain('just now  IMAGE_CORRUPT  /photos/');
  expect(frame).toContain('0\\u001b[2J.jpg  (it ends too early)');
});

it('says all of it in one line where there is no terminal', () => {
  expect(formatLine(reading(1, 2))).toBe(
    '2024-05-01T12:00:00.000Z  1,200 waiting, 3 active, 0 delayed, 9 completed, 2 failed, 0 cancelled  ' +
      'paused  12/s  1 worker  oldest waits 1 min 05 s  limit: paused\n',
  );
});
