import { expect, it } from 'vitest';
import { settingPaths } from '../../../src-core/settings/load.ts';
import { groupsOf, type Setting } from '../../../src-renderer/features/settings/groups.ts';
import { kindOf, problemOfValue } from '../../../src-renderer/features/settings/kinds.ts';
import { isPending, readableOf, textOf } from '../../../src-renderer/features/settings/values.ts';

const setting = (path: string, fields: Partial<Setting> = {}): Setting => ({
  path,
  value: null,
  default: null,
  next: null,
  is_set: false,
  is_saved: false,
  is_overridden: false,
  may_change: true,
  description: '',
  variable: '',
  takes_effect: 'at the next start',
  ...fields,
});

it('knows how each setting is edited', () => {
  expect(kindOf('fleet.workers')).toMatchObject({ kind: 'number', words: ['auto'], least: 0, most: 256 });
  expect(kindOf('fleet.metricsPort')).toMatchObject({ kind: 'number', most: 65_535 });
  expect(kindOf('limits.maxBytes')).toMatchObject({ kind: 'number', most: null, unit: 'bytes' });
  expect(kindOf('tracing.ratio')).toMatchObject({ kind: 'number', isWhole: false, most: 1 });
  expect(kindOf('log.level')).toMatchObject({ kind: 'choice', values: expect.arrayContaining(['warn']) });
  expect(kindOf('log.toFile')).toEqual({ kind: 'switch' });
  expect(kindOf('paths.map')).toEqual({ kind: 'list' });
  expect(kindOf('qdrant.apiKey')).toEqual({ kind: 'secret' });
  expect(kindOf('redis.url')).toEqual({ kind: 'text' });
  expect(kindOf('of.a.newer.server')).toEqual({ kind: 'text' });
});

it('says in words what is wrong with a value', () => {
  expect(problemOfValue('fleet.workers', 3)).toBeNull();
  expect(problemOfValue('fleet.workers', 'auto')).toBeNull();
  expect(problemOfValue('fleet.workers', 300)).toContain('256');
  expect(problemOfValue('redis.url', 'http://queue')).toContain('redis://');
  expect(problemOfValue('paths.allowRoots', ['pictures'])).toContain('absolute');
  expect(problemOfValue('queue.name', '')).not.toBeNull();
});

it('leaves no setting out, and calls no group of today "other"', () => {
  const paths = settingPaths().map(([path]) => path);
  const all = paths.filter((path) => path !== 'version').map((path) => setting(path));
  const groups = groupsOf(all, '');
  expect(groups.flatMap(({ settings }) => settings).length).toBe(all.length);
  expect(groups.map(({ name }) => name)).not.toContain('other');
  expect(groupsOf(all, 'METRICS').flatMap(({ settings }) => settings.map(({ path }) => path))).toEqual([
    'fleet.metricsPort',
    'fleet.metricsHost',
  ]);
});

it('tells what waits for the next start, and values in the units of people', () => {
  expect(isPending(setting('limits.maxPixels', { value: 1, next: 2 }))).toBe(true);
  expect(isPending(setting('limits.maxPixels', { value: 2, next: 2 }))).toBe(false);
  expect(isPending(setting('fleet.workers', { value: 1, next: 2, takes_effect: 'at once' }))).toBe(false);
  expect(isPending(setting('qdrant.apiKey', { is_saved: true }))).toBe(true);
  expect(readableOf(kindOf('fleet.drainMs'), 90_000)).toBe('1 min 30 s');
  expect(readableOf(kindOf('limits.maxBytes'), 512_000_000)).toBe('512 MB');
  expect(readableOf(kindOf('batch.size'), 8)).toBeNull();
  expect([textOf(null), textOf([]), textOf(false), textOf(0.5), textOf(12_000)]).toEqual([
    'None',
    'None',
    'Off',
    '0.5',
    '12,000',
  ]);
});
