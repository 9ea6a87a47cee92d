import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelay, newTask, OPEN_STATES, TASK_STATES, TASK_TRANSITIONS } from '../../../src-core/domain/task.ts';

describe('backoffDelay', () => {
  const policy = { baseMs: 2_000, capMs: 10_000 };

  it('doubles from 2 s to the cap of 10 s', () => {
    expect([1, 2, 3, 4, 50].map((attempts) => backoffDelay(attempts, policy, 0.999_999))).toEqual([
      2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  });

  it('lies between half and the whole of the exponential wait', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempts, random) => {
          const full = Math.min(policy.capMs, policy.baseMs * 2 ** (attempts - 1));
          const wait = backoffDelay(attempts, policy, random);
          expect(wait).toBeGreaterThanOrEqual(full / 2);
          expect(wait).toBeLessThanOrEqual(full);
        },
      ),
    );
  });
});

describe('task states', () => {
  it('lead from every open state to an end, and from completed nowhere', () => {
    for (const state of OPEN_STATES) expect(TASK_TRANSITIONS[state]).toContain('cancelled');
    expect(TASK_TRANSITIONS.completed).toEqual([]);
    for (const targets of Object.values(TASK_TRANSITIONS)) for (const to of targets) expect(TASK_STATES).toContain(to);
  });
});

describe('newTask', () => {
  it('fills in the defaults of the design', () => {
    expect(newTask.parse({ id: 'a', catalogId: 'c', payload: {} })).toMatchObject({
      kind: 'index',
      priority: 'normal',
      maxAttempts: 3,
      backoff: { baseMs: 2_000, capMs: 10_000 },
    });
  });

  it.each(['', ' ', 'has space', 'a\nb', 'x'.repeat(201), 'é'])('refuses the id %j', (id) => {
    expect(newTask.safeParse({ id, catalogId: 'c', payload: {} }).success).toBe(false);
  });
});
