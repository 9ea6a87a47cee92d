import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { listenForInterrupt } from '../../../src-main/cli/interrupt.ts';

it('asks for a clean end first, and exits at once the second time', async () => {
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const interrupt = listenForInterrupt({
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => exits.push(code),
  });
  const press = (): void => listeners.forEach((listener) => listener());

  expect(interrupt.signal.aborted).toBe(false);
  press();
  expect(interrupt.signal.aborted).toBe(true);
  await interrupt.happened;
  expect(exits).toEqual([]);
  press();
  expect(exits).toEqual([130]);

  interrupt.stop();
  expect(listeners.size).toBe(0);
});
