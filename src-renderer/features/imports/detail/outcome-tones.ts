import type { LedgerOutcome } from '../../../../src-core/domain/import.ts';
import type { Tone } from '../../../app/theme.ts';

export const OUTCOME_TONES: Record<LedgerOutcome, Tone> = {
  open: 'waiting',
  indexed: 'completed',
  skipped: 'quiet',
  updated: 'good',
  moved: 'good',
  excluded: 'quiet',
  missing: 'warning',
  failed: 'failed',
  cancelled: 'cancelled',
};
