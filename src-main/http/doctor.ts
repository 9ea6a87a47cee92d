import { implement } from '@orpc/server';
import { doctorContract } from '../../src-core/contract/system.ts';
import type { ApiParts } from './procedures.ts';

/** What the command `doctor` says, of the server's machine. */
export function doctorProcedures({ console }: Pick<ApiParts, 'console'>) {
  const api = implement(doctorContract);

  return api.router({
    run: api.run.handler(async () => {
      const checks = await console.doctor();
      return { healthy: checks.every(({ status }) => status !== 'fail'), checks };
    }),
  });
}
