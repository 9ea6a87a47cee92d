import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { GroupKind, SimilarPair } from '../../../src-core/domain/duplicates.ts';
import type { DuplicateLog, ScannedPicture } from '../../../src-core/ports/duplicate-log.ts';

/** Rows that are read without letting others run. */
const PAGE = 20_000;

export interface WhichGroups {
  /** Pairs from here on make groups; not below the scan's least. */
  minScore: number;
  kind?: GroupKind | undefined;
  /** Pairs within one product do not count. */
  hideSameProduct?: boolean;
  /** Only groups whose pictures lie under two products or more. */
  acrossProducts?: boolean;
}

/** Numbers are those of the scan. */
export interface NumberedGroup {
  numbers: Uint32Array;
  /** Of its best pair. */
  score: number;
  kind: GroupKind;
  acrossProducts: boolean;
}

export interface Groups {
  readonly minScore: number;
  /** Whether a pair of numbers joins, if it is alike enough. */
  counts(a: number, b: number): boolean;
  count: number;
  pictures: number;
  /** The largest first, from 0. */
  at(place: number): NumberedGroup;
}

export type FoundPairs = Pick<DuplicateLog, 'pictures' | 'pairs'>;

/**
 * The connected components of the pairs: pictures hang together that are alike, or that are like a picture which hangs
 * together with the other. So the ends of a chain may look less alike than `minScore` says. `areMarked` tells which pairs
 * somebody said are no duplicates: they join nothing. Takes some 30 bytes for each picture that has a pair.
 */
export async function findGroups(
  log: FoundPairs,
  scanId: string,
  which: WhichGroups,
  areMarked: (a: number, b: number) => boolean,
): Promise<Groups> {
  const pictures = await readPictures(log, scanId);
  const joined = createSets(pictures.length);
  const counts = (a: number, b: number): boolean => {
    const [one, other] = [pictures[a], pictures[b]];
    if (!one || !other || areMarked(a, b)) return false;
    return !which.hideSameProduct || one.sameProduct === null || one.sameProduct !== other.sameProduct;
  };
  for await (const pairs of pairPages(log, scanId, which.minScore)) {
    for (const pair of pairs) if (counts(pair.a, pair.b)) joined.join(pair.a, pair.b, pair.score);
  }
  const groups = joined.groups().filter((group) => wanted(describe(group, joined, pictures), which));
  groups.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  return {
    minScore: which.minScore,
    counts,
    count: groups.length,
    pictures: groups.reduce((sum, group) => sum + group.length, 0),
    at: (place) => describe(groups[place]!, joined, pictures),
  };
}

/** By number; a place is empty where there is none of that number any more. */
async function readPictures(log: FoundPairs, scanId: string): Promise<(ScannedPicture | undefined)[]> {
  const pictures: (ScannedPicture | undefined)[] = [];
  for (let last = 0; ; await yieldToOthers()) {
    const page = await log.pictures(scanId, last, PAGE);
    for (const picture of page) pictures[picture.number] = picture;
    if (page.length < PAGE) return pictures;
    last = page.at(-1)!.number;
  }
}

async function* pairPages(log: FoundPairs, scanId: string, minScore: number): AsyncGenerator<SimilarPair[]> {
  let after: Pick<SimilarPair, 'a' | 'b'> | null = { a: 0, b: 0 };
  while (after) {
    const { pairs, next } = await log.pairs(scanId, minScore, after, PAGE);
    yield pairs;
    after = next;
    await yieldToOthers();
  }
}

/** Disjoint sets with union by size and path halving. */
function createSets(size: number) {
  const parents = Uint32Array.from({ length: size }, (_, i) => i);
  const sizes = new Uint32Array(size).fill(1);
  const best = new Float32Array(size).fill(-1);

  function rootOf(number: number): number {
    let at = number;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }

  return {
    rootOf,
    bestOf: (number: number): number => best[rootOf(number)]!,
    join(a: number, b: number, score: number): void {
      let [large, small] = [rootOf(a), rootOf(b)];
      const reached = Math.max(score, best[large]!, best[small]!);
      if (large !== small) {
        if (sizes[large]! < sizes[small]!) [large, small] = [small, large];
        parents[small] = large;
        sizes[large]! += sizes[small]!;
      }
      best[large] = reached;
    },
    /** Those of two or more, each in order. */
    groups(): Uint32Array[] {
      const groups = new Map<number, Uint32Array>();
      const filled = new Uint32Array(size);
      for (let number = 0; number < size; number++) {
        const root = rootOf(number);
        if (sizes[root]! < 2) continue;
        const group = groups.get(root) ?? new Uint32Array(sizes[root]!);
        groups.set(root, group);
        group[filled[root]!++] = number;
      }
      return [...groups.values()];
    },
  };
}

function describe(
  numbers: Uint32Array,
  { bestOf }: ReturnType<typeof createSets>,
  pictures: readonly (ScannedPicture | undefined)[],
): NumberedGroup {
  const bytes = new Set<number>();
  const products = new Set<number>();
  for (const number of numbers) {
    const { sameBytes, sameProduct } = pictures[number]!;
    bytes.add(sameBytes);
    if (sameProduct !== null) products.add(sameProduct);
  }
  return {
    numbers,
    score: bestOf(numbers[0]!),
    kind: bytes.size === 1 ? 'exact' : 'near',
    acrossProducts: products.size > 1,
  };
}

function wanted(group: NumberedGroup, { kind, acrossProducts }: WhichGroups): boolean {
  return (kind === undefined || group.kind === kind) && (!acrossProducts || group.acrossProducts);
}
