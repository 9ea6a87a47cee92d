/** A host that stops between two writes: from the `nth` on nothing is written or read any more, as after SIGKILL. */
export interface Life {
  /** 0: it lives. */
  nth: number;
  writes: number;
}

const WRITES: ReadonlySet<string | symbol> = new Set(
  (
    'ensureSource setRules setMounts moveSource removeSource openImport own setState setWalked discover ' +
    'record recordUpdated recordMoves addManifest clearManifest remember rename markMissing forget meetSidecars ' +
    'callSidecars sidecarsApplied forgetSidecars enqueue setPaused upsert setPayload delete'
  ).split(' '),
);

/** The message of what a dead host's verbs throw. */
export const DEAD = 'killed between two writes';

export function mortal<T extends object>(backend: T, life: Life): T {
  return new Proxy(backend, {
    get(target, verb) {
      const method: unknown = Reflect.get(target, verb);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        if (WRITES.has(verb)) life.writes++;
        if (life.nth > 0 && life.writes >= life.nth) return Promise.reject(new Error(DEAD));
        return Reflect.apply(method, target, args);
      };
    },
  });
}
