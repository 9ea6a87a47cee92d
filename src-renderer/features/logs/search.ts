import { z } from 'zod';
import { LOG_LEVELS } from '../../lib/log-rows.ts';

const word = (most: number) => z.string().min(1).max(most).optional().catch(undefined);

/** What the address of this page holds. */
export const logsSearch = z.object({
  level: z.enum(LOG_LEVELS).optional().catch(undefined),
  proc: word(50),
  worker: word(200),
  /** Id of a task, an import, a request or a trace. */
  of: word(200),
  /** In the line. */
  text: word(200),
});
export type LogsSearch = z.output<typeof logsSearch>;
