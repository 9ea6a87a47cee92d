import { z } from 'zod';
import { listOf } from '../../../src-core/contract/values.ts';
import { errorCode } from '../../../src-core/domain/app-error.ts';
import { LEDGER_OUTCOMES, ledgerOutcome } from '../../../src-core/domain/import.ts';

/** The address is text; a link of ours is not yet. */
const flag = z.union([z.literal(true), z.literal('true').transform(() => true as const)]);

/** What the address of this page holds. */
export const importsSearch = z.object({
  /** The import that is shown; without one, all are. */
  import: z.uuid().optional().catch(undefined),
  outcome: listOf(ledgerOutcome, LEDGER_OUTCOMES.length).optional().catch(undefined),
  code: listOf(errorCode).optional().catch(undefined),
  /** Path of the file that is shown. */
  file: z.string().max(10_000).optional().catch(undefined),
  /** A new import is being chosen. */
  add: flag.optional().catch(undefined),
  /** The three steps of a first run are shown. */
  setup: flag.optional().catch(undefined),
});
