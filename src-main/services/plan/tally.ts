import { extname } from 'node:path';
import type { Verdict } from './judge.ts';

export interface Amount {
  files: number;
  bytes: number;
}

/** Files by what a run would make of them; each file found is counted once. */
export interface Tally {
  found: number;
  new: Amount;
  changed: Amount;
  unchanged: Amount;
  /** Unchanged, and no longer missing. */
  back: Amount;
  updated: Amount;
  moved: Amount;
  excluded: Record<string, number>;
  /** By error code. */
  failed: Record<string, number>;
  /** Pictures whose file is gone. */
  missing: number;
  /** Pictures that leave the catalog by new rules. */
  leaving: number;
  /** New or changed files of words beside pictures; they are counted among the excluded files too. */
  sidecars: number;
  /** Pictures by file extension. */
  formats: Record<string, Amount & { toIndex: Amount }>;
  /** Folders that rules leave out. */
  folders: Record<string, number>;
}

const none = (): Amount => ({ files: 0, bytes: 0 });

export function emptyTally(): Tally {
  return {
    found: 0,
    new: none(),
    changed: none(),
    unchanged: none(),
    back: none(),
    updated: none(),
    moved: none(),
    excluded: {},
    failed: {},
    missing: 0,
    leaving: 0,
    sidecars: 0,
    formats: {},
    folders: {},
  };
}

/** Lower-case extension, without the dot. */
export function formatOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

export function count(tally: Tally, verdict: Verdict): void {
  tally.found += 1;
  switch (verdict.is) {
    case 'excluded':
      return addTo(tally.excluded, verdict.rule, 1);
    case 'sidecar':
      if (verdict.news) tally.sidecars += 1;
      return addTo(tally.excluded, 'sidecar', 1);
    case 'failed':
      return addTo(tally.failed, verdict.file.code, 1);
    case 'missing':
      tally.missing += 1;
      tally.found -= 1;
      return;
    default: {
      const { bytes, path } = verdict.file;
      add(tally[verdict.is], { files: 1, bytes });
      const format = (tally.formats[formatOf(path)] ??= { ...none(), toIndex: none() });
      add(format, { files: 1, bytes });
      if (verdict.is === 'new' || verdict.is === 'changed') add(format.toIndex, { files: 1, bytes });
    }
  }
}

export function addTo(counts: Record<string, number>, key: string, more: number): void {
  counts[key] = (counts[key] ?? 0) + more;
}

export function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, more) => sum + more, 0);
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    for (const field of ['found', 'missing', 'leaving', 'sidecars'] as const) sum[field] += tally[field];
    for (const field of ['new', 'changed', 'unchanged', 'back', 'updated', 'moved'] as const) {
      add(sum[field], tally[field]);
    }
    for (const field of ['excluded', 'failed', 'folders'] as const) {
      for (const [key, number] of Object.entries(tally[field])) addTo(sum[field], key, number);
    }
    for (const [name, format] of Object.entries(tally.formats)) {
      const all = (sum.formats[name] ??= { ...none(), toIndex: none() });
      add(all, format);
      add(all.toIndex, format.toIndex);
    }
  }
  return sum;
}

function add(amount: Amount, { files, bytes }: Amount): void {
  amount.files += files;
  amount.bytes += bytes;
}
