import { expect, it } from 'vitest';
import type { LogEvent } from '../../../src-core/contract/system.ts';
import { fieldsText } from '../../../src-renderer/features/logs/fields-text.ts';
import { holdsText, levelOf, MOST_LINES, withEvents, type LogLine } from '../../../src-renderer/lib/log-rows.ts';

const line = (seq: number, fields: Record<string, unknown> = {}, message = `line ${seq}`): LogLine => ({
  seq,
  level: 30,
  at: '2026-01-01T00:00:00.000Z',
  message,
  fields,
});
const event = (seq: number): LogEvent => ({ event: 'log', id: `run-${seq}`, data: line(seq) });

it('holds the newest lines, and no more than so many', () => {
  const all = Array.from({ length: MOST_LINES + 5 }, (_, n) => event(n));
  const rows = withEvents(withEvents([], all.slice(0, 10), 0), all.slice(10), 10);
  expect([rows.length, rows[0]?.id, rows.at(-1)?.id]).toEqual([MOST_LINES, 'run-5', `run-${MOST_LINES + 4}`]);
});

it('says where lines are missing, and begins anew with a new server', () => {
  const rows = withEvents(withEvents([], [event(1)], 0), [{ event: 'gap', data: { missed: 7 } }, event(9)], 1);
  expect(rows).toMatchObject([{ id: 'run-1' }, { missed: 7 }, { id: 'run-9' }]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
  const after = withEvents(rows, [{ event: 'gap', data: { missed: null } }, event(1)], 3);
  expect(after).toMatchObject([{ missed: null }, { id: 'run-1' }]);
});

it('names levels, also those between two', () => {
  expect([5, 10, 30, 35, 50, 60, 90].map(levelOf)).toEqual([
    'trace',
    'trace',
    'info',
    'info',
    'error',
    'fatal',
    'fatal',
  ]);
});

it('finds text in messages and in fields', () => {
  const one = line(1, { error: { code: 'FILE_MISSING' } }, 'A picture is gone');
  expect(['picture', 'file_missing', 'other'].map((text) => holdsText(one, text))).toEqual([true, true, false]);
});

it('sums fields up: facts first, ids last, what has a column not at all', () => {
  const fields = {
    proc: 'serve',
    pid: 7,
    reqId: 'abc',
    req: { method: 'GET', url: '/images', host: 'here' },
    res: { statusCode: 404 },
    responseTime: 1.2345,
    error: { code: 'NOT_FOUND', message: 'no picture' },
    count: 3,
  };
  expect(fieldsText(line(1, fields))).toBe('GET /images  404  1.2 ms  NOT_FOUND: no picture  count=3  reqId=abc');
});
