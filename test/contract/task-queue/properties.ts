import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueueBackend } from './backend.ts';
import { createRun } from './property-run.ts';
import { steps } from './property-steps.ts';

/** A backend whose clock stands still but for `advance`, so that a model can keep time with it. */
export interface ExactQueueBackend extends QueueBackend {
  /** The backend's time, in ms since the epoch. */
  now(): number;
  /** Throws where what the backend keeps beside the tasks does not agree with them. */
  audit?(): Promise<void>;
}

const RUNS = Number(process.env.IMAGEFLEET_PROPERTY_RUNS ?? 200);
/** The same interleavings on every run of the tests; other ones with the variable. */
const SEED = Number(process.env.IMAGEFLEET_PROPERTY_SEED ?? 20_260_101);

/**
 * Random interleavings of all verbs, with workers that crash, freeze, thaw and send twice, against the model in
 * model.ts. A failure prints the seed and the shortest sequence of steps that shows it.
 */
export function testTaskQueueProperties(name: string, open: () => Promise<ExactQueueBackend>): void {
  describe(`task queue on ${name}, at random`, () => {
    it('does what its model does', { timeout: 30_000 + RUNS * 1_000 }, async () => {
      const property = fc.asyncProperty(steps, async (sequence) => {
        const run = await createRun(await open());
        try {
          for (const step of sequence) await run.take(step);
          await run.finish();
        } finally {
          await run.close();
        }
      });
      await expect(fc.assert(property, { numRuns: RUNS, seed: SEED })).resolves.toBeUndefined();
    });
  });
}
