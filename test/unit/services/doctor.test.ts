import { expect, it } from 'vitest';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { checkMachine, checkNode } from '../../../src-main/services/doctor-checks.ts';
import { ok, runChecks, warn } from '../../../src-main/services/doctor.ts';

it('goes on after a check that throws, and says what to do', async () => {
  const checks = [
    { name: 'a', run: async () => ok('fine') },
    { name: 'b', run: () => Promise.reject(new AppError('MODEL_INVALID', 'wrong checksum')) },
    { name: 'c', run: async () => warn('hm', 'look') },
  ];
  expect(await runChecks(checks)).toEqual([
    { name: 'a', status: 'ok', message: 'fine', todo: null },
    {
      name: 'b',
      status: 'fail',
      message: 'MODEL_INVALID: wrong checksum',
      todo: 'The model’s files or manifest are damaged. Install it again.',
    },
    { name: 'c', status: 'warn', message: 'hm', todo: 'look' },
  ]);
});

it('wants the Node that was tested', () => {
  expect(checkNode('24.21.0').status).toBe('ok');
  expect(checkNode('25.0.0').status).toBe('ok');
  expect(checkNode('20.20.0')).toMatchObject({ status: 'fail', todo: expect.stringContaining('bin/imagefleet') });
});

it('advises a fleet that fits the machine', () => {
  expect(checkMachine(2, 4, 16e9).status).toBe('ok');
  expect(checkMachine(8, 16, 2e9)).toMatchObject({ status: 'warn', todo: 'Set fleet.workers to 3 or less.' });
  expect(checkMachine(8, 4, 64e9)).toMatchObject({ status: 'warn', todo: 'Set fleet.workers to 4 or less.' });
  expect(checkMachine(1, 1, 0.3e9).status).toBe('ok');
});
