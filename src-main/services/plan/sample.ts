export interface Stratum<T> {
  key: string;
  /** Of all that were offered. */
  count: number;
  /** A random choice of them. */
  items: T[];
}

export interface Sample<T> {
  offer(stratum: string, item: T): void;
  /** How many were offered, by stratum. */
  counts(): Map<string, number>;
  /** At most `size` items, in random order: from each stratum by its share, yet some of each, the large ones first. */
  draw(size: number): { stratum: string; item: T }[];
}

/** Few as they are, so many tell what a rare kind of file costs. */
const FEWEST = 4;

/**
 * A random sample of each stratum, however many items go by: reservoir sampling (Vitter 1985, algorithm R). At most
 * `held` items are kept; when there are more, each stratum keeps half as many from then on. `random` is in [0, 1).
 */
export function createSample<T>(held: number, perStratum: number, random: () => number): Sample<T> {
  const strata = new Map<string, Stratum<T>>();
  let capacity = perStratum;
  let total = 0;

  function halve(): void {
    capacity = Math.max(1, Math.floor(capacity / 2));
    total = 0;
    for (const stratum of strata.values()) {
      // A place in a reservoir says something of when its item came; a shuffled one’s beginning is a fair choice again.
      stratum.items = shuffled(stratum.items, random).slice(0, capacity);
      total += stratum.items.length;
    }
  }

  return {
    offer(key, item) {
      let stratum = strata.get(key);
      if (!stratum) strata.set(key, (stratum = { key, count: 0, items: [] }));
      stratum.count += 1;
      if (stratum.items.length < capacity) {
        stratum.items.push(item);
        total += 1;
        if (total > held && capacity > 1) halve();
        return;
      }
      const place = Math.floor(random() * stratum.count);
      if (place < capacity) stratum.items[place] = item;
    },

    counts: () => new Map([...strata.values()].map(({ key, count }) => [key, count])),

    draw(size) {
      const largestFirst = [...strata.values()].toSorted((a, b) => b.count - a.count);
      const all = largestFirst.reduce((sum, { count }) => sum + count, 0);
      const drawn: { stratum: string; item: T }[] = [];
      let left = size;
      for (const [at, { key, count, items }] of largestFirst.entries()) {
        // What the smaller strata get at the least is set aside for them, as far as there is room.
        const others = Math.min((largestFirst.length - at - 1) * FEWEST, left - Math.min(left, FEWEST));
        const share = Math.max(FEWEST, Math.round((size * count) / all));
        const taken = shuffled(items, random).slice(0, Math.min(share, left - others));
        drawn.push(...taken.map((item) => ({ stratum: key, item })));
        left -= taken.length;
      }
      return shuffled(drawn, random);
    },
  };
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
