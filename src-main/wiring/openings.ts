/** Parts that are opened when they are first asked for, and closed together. */
export interface Openings {
  /** Opens at the first call; a failed opening is tried again by the next. */
  once<T>(open: () => Promise<T>, close?: (opened: T) => Promise<void>): () => Promise<T>;
  /** What is open from now on, and is to be closed like this. */
  add(close: () => Promise<void>): void;
  /** Idempotent. In the reverse order of opening. */
  close(): Promise<void>;
}

export function createOpenings(): Openings {
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;

  return {
    once<T>(open: () => Promise<T>, close?: (opened: T) => Promise<void>) {
      let opened: Promise<T> | undefined;
      return () => {
        opened ??= open().then(
          (part) => {
            if (close) closers.push(() => close(part));
            return part;
          },
          (error: unknown) => {
            opened = undefined;
            throw error;
          },
        );
        return opened;
      };
    },
    add: (close) => void closers.push(close),
    close() {
      closing ??= (async () => {
        while (closers.length) await closers.pop()?.();
      })();
      return closing;
    },
  };
}

export const closeIt = (part: { close(): Promise<void> }): Promise<void> => part.close();
