import { AppError } from '../src-core/domain/app-error.ts';

/** The way to the process that started this one: `fork`'s channel here, Electron's parentPort in a utility process. */
export interface HostChannel {
  /** Without effect when the host is gone. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The host is gone, or has let go of this process. */
  onClose(listener: () => void): void;
  /** Resolves when all that was sent has left this process, or cannot any more. */
  flushed(): Promise<void>;
}

/** Throws INVALID_INPUT in a process that no host started. */
export function openHostChannel(): HostChannel {
  if (!process.send) {
    throw new AppError('INVALID_INPUT', 'this program is started by `imagefleet worker` or another host, not by hand');
  }
  const send = process.send.bind(process);
  const unsent = new Set<Promise<void>>();

  return {
    send(message) {
      if (!process.connected) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      unsent.add(promise);
      send(message, undefined, undefined, () => {
        unsent.delete(promise);
        resolve();
      });
    },
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.once('disconnect', listener),
    async flushed() {
      await Promise.all(unsent);
    },
  };
}
