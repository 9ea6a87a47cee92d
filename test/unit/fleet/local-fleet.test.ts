import { expect, it } from 'vitest';
import { workerCount } from '../../../src-main/fleet/local-fleet.ts';

it.each([
  ['auto', 1, 1],
  ['auto', 2, 2],
  ['auto', 5, 5],
  ['auto', 64, 8],
  [0, 4, 0],
  [12, 2, 12],
] as const)('%s workers on %i cores are %i', (wanted, cores, count) => {
  expect(workerCount(wanted, cores)).toBe(count);
});
