import { type AppError, isBackendTrouble, toWire } from '../src-core/domain/app-error.ts';
import type { TaskOutcome } from '../src-core/domain/task.ts';

/** What a run's error means for its task; the one place that decides it. Null: it is another worker's by now. */
export function outcomeOf(error: AppError): TaskOutcome | null {
  if (error.code === 'LEASE_LOST') return null;
  if (error.code === 'CANCELLED') return { outcome: 'release', reason: 'drain' };
  if (error.code === 'SOURCE_UNAVAILABLE') return { outcome: 'release', reason: 'unseen' };
  if (isBackendTrouble(error)) return { outcome: 'release', reason: 'backend' };
  return { outcome: error.retryable ? 'retry' : 'dead', error: toWire(error) };
}
