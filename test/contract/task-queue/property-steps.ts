import * as fc from 'fast-check';
import { TASK_PRIORITIES, type TaskCorrection, type TaskPriority } from '../../../src-core/domain/task.ts';
import { BACKOFF, LEASE, LOST_AFTER, UNSEEN_RETRY } from './backend.ts';

const WORKERS = ['w1', 'w2', 'w3'] as const;
export const OUTCOMES = ['done', 'retry', 'dead', 'drain', 'unseen', 'backend'] as const;

/** One thing that happens. `pick` chooses among what there is by then, modulo its number. */
export type Step =
  | { do: 'enqueue'; id: string; priority: TaskPriority; importId: string | null; maxAttempts: number }
  | { do: 'claim'; workerId: string; max: number }
  | { do: 'claim again'; pick: number }
  /** Claims and completes all that it got, as nearly all of a worker's life is. */
  | { do: 'work'; workerId: string; max: number }
  | { do: 'extend'; workerId: string }
  /** Of what the worker ever claimed: also late, twice, or with the number of another claim. */
  | { do: 'settle'; workerId: string; picks: number[]; outcome: (typeof OUTCOMES)[number]; wrongBy: number }
  | { do: 'crash'; workerId: string }
  | { do: 'maintain' }
  | { do: 'heartbeat'; workerId: string; state: 'busy' | 'draining' | 'stopped' }
  | { do: 'pause'; paused: boolean; importId: string | null }
  | { do: 'retry' | 'cancel' | 'remove'; ids: string[] | null; importId: string | null }
  | { do: 'retry corrected'; corrections: Pick<TaskCorrection, 'id' | 'priority' | 'maxAttempts'>[] }
  | { do: 'advance'; ms: number }
  | { do: 'reopen' };

const workerId = fc.constantFrom(...WORKERS);
const importId = fc.constantFrom(null, 'A', 'B');
const id = fc.integer({ min: 1, max: 9 }).map((number) => `t${number}`);
const paused = fc.boolean();
const pick = fc.nat(1_000);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('enqueue' as const),
      id,
      priority: fc.constantFrom(...TASK_PRIORITIES),
      importId,
      maxAttempts: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('claim' as const), workerId, max: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('claim again' as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('work' as const), workerId, max: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('extend' as const), workerId }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      workerId,
      picks: fc.array(pick, { minLength: 1, maxLength: 3 }),
      outcome: fc.constantFrom(...OUTCOMES),
      wrongBy: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, -1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('crash' as const), workerId }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('maintain' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('heartbeat' as const),
      workerId,
      state: fc.constantFrom('busy' as const, 'busy' as const, 'draining' as const, 'stopped' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), paused, importId }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('retry' as const, 'cancel' as const, 'remove' as const),
      ids: fc.option(fc.array(id, { minLength: 1, maxLength: 3 })),
      importId,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('retry corrected' as const),
      // Also unknown ones.
      corrections: fc.uniqueArray(
        fc.record(
          { id, priority: fc.constantFrom(...TASK_PRIORITIES), maxAttempts: fc.integer({ min: 1, max: 3 }) },
          { requiredKeys: ['id'] },
        ),
        { minLength: 1, maxLength: 4, selector: ({ id }) => id },
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(1, UNSEEN_RETRY, BACKOFF, LEASE / 2, LEASE, LEASE + 1, LOST_AFTER),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);

/** Long sequences find more than many short ones: three lonely stalls of one task take a dozen steps. */
export const steps = fc.array(step, { minLength: 10, maxLength: 90, size: 'max' });
