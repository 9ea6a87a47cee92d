import type { DuplicateScan, GroupKind } from '../../../src-core/domain/duplicates.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { chooseKept, type Alike, type Choice, type KeepRule } from '../../../src-core/domain/keep-rules.ts';
import type { DuplicateLog } from '../../../src-core/ports/duplicate-log.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import type { Groups } from './groups.ts';

export interface DuplicateGroup {
  /** The smallest of its image ids. */
  id: string;
  kind: GroupKind;
  /** Of its best pair. */
  score: number;
  acrossProducts: boolean;
  /** In order of their names, with the score of the best pair of each; null where only the bytes say that it belongs here. */
  pictures: { record: ImageRecord; score: number | null }[];
  /** How many it has, where not all were read. */
  size: number;
  /** By pairs that count: not by one that is marked, or hidden. */
  alike: Alike;
}

export interface GroupDeps {
  store: Pick<VectorStore, 'get'>;
  log: Pick<DuplicateLog, 'imageIds' | 'pairsAmong'>;
}

/** Pictures whose records are read at a time; with each comes its vector. */
const RECORDS = 1_000;

/**
 * A group with the records of its pictures, at most `most`; null where fewer than two are left. `gone` are those that
 * have left the catalog.
 */
export async function readGroup(
  { store, log }: GroupDeps,
  scan: DuplicateScan,
  groups: Groups,
  place: number,
  most = Infinity,
): Promise<{ group: DuplicateGroup | null; gone: string[] }> {
  const { numbers: all, ...facts } = groups.at(place);
  const numbers = [...all.subarray(0, most)];
  const ids = await log.imageIds(scan.id, numbers);
  const records = await recordsOf(store, scan.catalogId, [...ids.values()]);
  const gone = [...ids.values()].filter((id) => !records.has(id));
  if (records.size < 2) return { group: null, gone };

  const scores = new Map<string, number>();
  const best = new Map<string, number>();
  for (const pair of await log.pairsAmong(scan.id, numbers, groups.minScore)) {
    if (!groups.counts(pair.a, pair.b)) continue;
    const [one, other] = [ids.get(pair.a)!, ids.get(pair.b)!];
    scores.set(pairKey(one, other), pair.score);
    for (const id of [one, other]) best.set(id, Math.max(best.get(id) ?? -1, pair.score));
  }
  const numberOf = new Map([...ids].map(([number, id]) => [id, number]));
  const group: DuplicateGroup = {
    ...facts,
    id: [...records.keys()].toSorted()[0]!,
    size: records.size + all.length - numbers.length,
    pictures: [...records.values()]
      .toSorted((a, b) => (a.canonicalName < b.canonicalName ? -1 : 1))
      .map((record) => ({ record, score: best.get(record.imageId) ?? null })),
    alike(a, b) {
      const score = scores.get(pairKey(a.imageId, b.imageId));
      if (score !== undefined) return { score };
      // Of many that are equal, not every pair was kept.
      const count = groups.counts(numberOf.get(a.imageId)!, numberOf.get(b.imageId)!);
      return count && a.contentHash === b.contentHash ? { score: null } : null;
    },
  };
  return { group, gone };
}

/** By id; those that are there. */
export async function recordsOf(
  store: GroupDeps['store'],
  catalogId: string,
  imageIds: readonly string[],
): Promise<Map<string, ImageRecord>> {
  const records = new Map<string, ImageRecord>();
  for (let from = 0; from < imageIds.length; from += RECORDS) {
    for (const { record } of await store.get(catalogId, imageIds.slice(from, from + RECORDS))) {
      records.set(record.imageId, record);
    }
  }
  return records;
}

/** Which pictures of a group the rules keep, and which they mark. */
export function chooseIn({ pictures, alike }: DuplicateGroup, rules: readonly KeepRule[]): Choice {
  return chooseKept(
    pictures.map(({ record }) => record),
    alike,
    rules,
  );
}

function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
