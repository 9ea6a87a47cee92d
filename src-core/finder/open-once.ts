import { AppError } from '../domain/app-error.ts';

export interface OpenOnce<T> {
  /** Opens it the first time; a failure is not kept. */
  get(key: string): Promise<T>;
  /** Closes what was opened. May be called twice. */
  close(): Promise<void>;
}

/** Things that are dear to open, each opened when it is first needed. */
export function openOnce<T extends { close(): Promise<void> }>(open: (key: string) => Promise<T>): OpenOnce<T> {
  const opened = new Map<string, Promise<T>>();
  let closed = false;
  return {
    get(key) {
      if (closed) return Promise.reject(new AppError('CANCELLED', 'the finder was closed'));
      let thing = opened.get(key);
      if (!thing) {
        thing = open(key);
        opened.set(key, thing);
        thing.catch(() => opened.delete(key));
      }
      return thing;
    },

    async close() {
      closed = true;
      const things = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.all(things.map((thing) => (thing.status === 'fulfilled' ? thing.value.close() : undefined)));
    },
  };
}
