import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';

export interface Interrupt {
  /** Aborts at the first Ctrl-C (or SIGTERM). */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly happened: Promise<void>;
  stop(): void;
}

/** The first Ctrl-C asks for a clean end; the second ends the process at once, and its workers notice by themselves. */
export function listenForInterrupt(io: Io): Interrupt {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = io.onInterrupt(() => {
    if (controller.signal.aborted) io.exit(EXIT.interrupted);
    controller.abort();
    resolve();
  });
  return { signal: controller.signal, happened: promise, stop };
}
