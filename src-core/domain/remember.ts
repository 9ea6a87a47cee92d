export interface Remembered<T> {
  (key: string): Promise<T>;
  /** What is asked from now on is read anew. */
  forget(): void;
}

/** Answers what `read` answered for the key up to `ms` ago. A failure is not remembered. */
export function rememberFor<T>(
  ms: number,
  read: (key: string) => Promise<T>,
  now: () => number = () => performance.now(),
): Remembered<T> {
  let known = new Map<string, { until: number; value: Promise<T> }>();

  function answer(key: string): Promise<T> {
    const at = now();
    const found = known.get(key);
    if (found && found.until > at) return found.value;
    for (const [old, { until }] of known) if (until <= at) known.delete(old);
    const value = read(key);
    const here = known;
    here.set(key, { until: at + ms, value });
    value.catch(() => here.delete(key)); // whoever waits for it is told
    return value;
  }

  return Object.assign(answer, { forget: () => void (known = new Map()) });
}
