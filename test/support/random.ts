export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** An integer in [0, limit). */
  below(limit: number): number;
  /** Of mean 0 and variance 1. */
  normal(): number;
}

/** A random source that gives the same numbers for the same seed: Mulberry32, and Marsaglia's polar method for `normal`. */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  let spare: number | null = null;

  function uniform(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    uniform,
    below: (limit) => Math.floor(uniform() * limit),
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      for (;;) {
        const x = 2 * uniform() - 1;
        const y = 2 * uniform() - 1;
        const square = x * x + y * y;
        if (square === 0 || square >= 1) continue;
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * factor;
        return x * factor;
      }
    },
  };
}
