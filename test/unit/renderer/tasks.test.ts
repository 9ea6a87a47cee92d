import { expect, it } from 'vitest';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { replacePrefix } from '../../../src-core/domain/replace-prefix.ts';
import { commonFolder } from '../../../src-renderer/features/tasks/common-folder.ts';
import { tasksSearch } from '../../../src-renderer/features/tasks/search.ts';
import {
  countIn,
  countsOf,
  inputsOf,
  matchingCount,
  whichOf,
  type Chosen,
} from '../../../src-renderer/features/tasks/which.ts';
import { withoutPath } from '../../../src-renderer/features/tasks/without-path.ts';

const counts = { waiting: 1, active: 2, delayed: 4, completed: 8, failed: 16, cancelled: 32 };
const stats = { counts, failures_by_code: { IMAGE_CORRUPT: 10, FILE_NOT_FOUND: 6 } } as unknown as StatsDocument;

it('reads the filter of an address, and leaves out what cannot be read', () => {
  const search = tasksSearch.parse({ state: 'failed,waiting', code: 'NO_SUCH_CODE', text: 'a', task: 't-1' });
  expect(whichOf(search)).toEqual({ state: ['failed', 'waiting'], text: 'a' });
  expect(search.task).toBe('t-1');
});

it('knows how many match where the numbers of the queue say it', () => {
  expect(matchingCount({}, stats)).toBe(63);
  expect(matchingCount({ state: ['waiting', 'active', 'delayed'] }, stats)).toBe(7);
  expect(matchingCount({ state: ['failed'], code: ['FILE_NOT_FOUND', 'DISK_FULL'] }, stats)).toBe(6);
  // A delayed task has met an error, too.
  expect(matchingCount({ code: ['FILE_NOT_FOUND'] }, stats)).toBeNull();
  expect(matchingCount({ text: 'a' }, stats)).toBeNull();
  expect(matchingCount({}, undefined)).toBeNull();
});

it('asks for tasks in states that can be acted on, and for none where there are none', () => {
  const all: Chosen = { kind: 'all', which: { text: 'a', state: ['failed', 'waiting'] } };
  expect(inputsOf(all, ['failed', 'cancelled'])).toEqual([{ text: 'a', state: ['failed'] }]);
  expect(inputsOf(all, ['active'])).toEqual([]);
  expect(inputsOf({ kind: 'all', which: {} }, ['failed'])).toEqual([{ state: ['failed'] }]);
});

it('names single tasks in calls of at most ten thousand', () => {
  const tasks = Array.from({ length: 25_001 }, (_, n) => ({
    task_id: `t-${n}`,
    status: n === 0 ? ('completed' as const) : ('failed' as const),
    image_path: null,
  }));
  const inputs = inputsOf({ kind: 'some', tasks }, ['failed']);
  expect(inputs.map(({ task_id }) => task_id?.length)).toEqual([10_000, 10_000, 5_000]);
  expect(inputs[0]?.task_id?.[0]).toBe('t-1');
});

it('adds up states, and says nothing where one is not known', () => {
  const some = countsOf([{ status: 'failed' }, { status: 'failed' }, { status: 'waiting' }]);
  expect(countIn(some, ['failed', 'cancelled'])).toBe(2);
  expect(countIn(some, ['completed'])).toBe(0);
  expect(countIn({ failed: 2, cancelled: null }, ['failed', 'cancelled'])).toBeNull();
});

it.each([
  [['/photos/a/1.png', '/photos/b/2.png'], '/photos'],
  [['/photos/a/1.png'], '/photos/a'],
  [['/photos/ab/1.png', '/photos/a/2.png'], '/photos'],
  [['/photos/a/1.png', '/photos/2.png'], '/photos'],
  [['C:\\pictures\\a\\1.png', 'C:\\pictures\\b\\2.png'], 'C:\\pictures'],
  [['/a/1.png', '/b/1.png'], ''],
  [[], ''],
])('finds the folder that all of %j lie in', (paths, folder) => {
  expect(commonFolder(paths)).toBe(folder);
});

it('replaces a folder by another, whole names only', () => {
  const change = { from: '/old/', to: '/new' };
  expect(replacePrefix('/old/a.png', change)).toBe('/new/a.png');
  expect(replacePrefix('/older/a.png', change)).toBeUndefined();
  expect(replacePrefix('C:\\old\\a.png', { from: 'C:\\old', to: 'D:\\' })).toBe('D:\\a.png');
});

it('leaves a path out of a message where it stands beside it', () => {
  expect(withoutPath('/a/b.png: no such file', '/a/b.png')).toBe('no such file');
  expect(withoutPath('/a/b.png does not exist', '/a/b.png')).toBe('does not exist');
  expect(withoutPath('not a picture', '/a/b.png')).toBe('not a picture');
  expect(withoutPath('boom', null)).toBe('boom');
});
