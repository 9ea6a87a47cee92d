import { implement } from '@orpc/server';
import { fleetContract } from '../../../src-core/contract/system.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import type { ApiParts } from '../procedures.ts';

/** The worker processes of this very host; those of others are seen in the queue, and are others' to change. */
export function fleetProcedures({ console }: Pick<ApiParts, 'console'>) {
  const api = implement(fleetContract);

  function fleet() {
    const running = console.fleet();
    if (running) return running;
    throw new AppError('CONFLICT', 'the fleet of this server is not started yet: queue or store are away');
  }

  const document = () => ({
    wanted: fleet().wanted(),
    workers: fleet()
      .workers()
      .map(({ workerId, pid, phase, status }) => ({ worker_id: workerId, pid, phase, state: status?.state ?? null })),
  });

  return api.router({
    get: api.get.handler(() => document()),

    resize: api.resize.handler(({ input: { workers } }) => {
      fleet().resize(workers);
      return document();
    }),

    drain: api.drain.handler(({ input: { worker_id } }) => {
      fleet().drainOne(worker_id);
      return document();
    }),

    restart: api.restart.handler(({ input: { worker_id } }) => {
      fleet().restart(worker_id);
      return document();
    }),
  });
}
