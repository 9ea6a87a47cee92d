import type { AppError } from '../../src-core/domain/app-error.ts';
import type { Io } from './io.ts';

/** Says on stderr what an import waits for, once per trouble, however often it is tried again. */
export function createWaitingTeller({ stderr }: Pick<Io, 'stderr'>) {
  let said: string | null = null;
  return {
    onWaiting({ message }: Pick<AppError, 'message'>): void {
      if (message !== said) stderr.write(`Waiting: ${message}\n`);
      said = message;
    },
    /** The trouble is over: the same is worth saying again. */
    isOver(): void {
      said = null;
    },
  };
}
