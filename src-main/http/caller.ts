import type { FastifyRequest } from 'fastify';
import { COMMAND_LINE } from '../../src-core/contract/values.ts';
import type { ImportStarter } from '../../src-core/domain/import.ts';

/** What a procedure knows of who calls it. */
export interface Caller {
  by: Exclude<ImportStarter, 'watch'>;
}

/** RPC is the console's, and the command line names itself. */
export function restCaller({ headers }: FastifyRequest): Caller {
  return { by: headers['user-agent'] === COMMAND_LINE ? 'cli' : 'api' };
}
