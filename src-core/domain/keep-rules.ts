import { AppError } from './app-error.ts';
import { isUnder } from './identity.ts';
import type { ImageRecord } from './image-record.ts';

/** Which picture of a group is kept. Each rule decides where those before it do not. */
export type KeepRule =
  | { by: 'folder'; folder: string }
  | { by: 'largest' }
  | { by: 'oldest' }
  /** Image ids that somebody chose one by one: outweighs all others, wherever it stands. */
  | { by: 'hand'; keep: ReadonlySet<string>; mark: ReadonlySet<string> };

/**
 * What decided: before all rules, that the file of the other one is missing; where no rule tells two apart, the shorter
 * name, then the first in order.
 */
export const KEEP_REASONS = ['missing', 'folder', 'largest', 'oldest', 'name', 'hand'] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

export interface Choice {
  kept: { record: ImageRecord; why: KeepReason }[];
  /** `for` is the picture that is kept instead, which it is directly like; `score` is null where only the bytes say so. */
  marked: { record: ImageRecord; for: string; score: number | null; why: KeepReason }[];
}

/** Whether two pictures of a group are directly alike, and how much; null: only by way of others. */
export type Alike = (a: ImageRecord, b: ImageRecord) => { score: number | null } | null;

/**
 * Keeps the best picture by the rules and marks those that are directly like it; then the same with what is left. So in a
 * chain, whose ends need not look alike, nothing is marked for a picture that it is not like.
 */
export function chooseKept(records: readonly ImageRecord[], alike: Alike, rules: readonly KeepRule[]): Choice {
  const choice: Choice = { kept: [], marked: [] };
  let left = records.toSorted((a, b) => compare(a, b, rules).order);
  while (left.length > 0) {
    const [kept, ...others] = left as [ImageRecord, ...ImageRecord[]];
    const rest: ImageRecord[] = [];
    const rivals: KeepReason[] = [];
    for (const record of others) {
      const like = alike(kept, record);
      if (!like) {
        rest.push(record);
        continue;
      }
      const { why } = compare(kept, record, rules);
      rivals.push(why);
      choice.marked.push({ record, for: kept.imageId, score: like.score, why });
    }
    choice.kept.push({ record: kept, why: rivals[0] ?? 'name' });
    left = rest;
  }
  for (const rule of rules) if (rule.by === 'hand') choose(choice, alike, rule);
  return choice;
}

/** Turns the choice of single pictures round. The last one of a group is kept all the same. */
function choose(choice: Choice, alike: Alike, { keep, mark }: Extract<KeepRule, { by: 'hand' }>): void {
  const why = 'hand';
  const wanted = choice.marked.filter(({ record }) => keep.has(record.imageId));
  choice.kept.push(...wanted.map(({ record }) => ({ record, why }) as const));
  const left = choice.kept.filter(({ record }) => !mark.has(record.imageId));
  const kept = left.length > 0 ? left : choice.kept.slice(0, 1);
  const goes = choice.kept.filter((one) => !kept.includes(one)).map(({ record }) => ({ record, why }) as const);
  const instead = (record: ImageRecord): Pick<Choice['marked'][number], 'for' | 'score'> => {
    const like = kept.find((one) => alike(one.record, record)) ?? kept[0]!;
    return { for: like.record.imageId, score: alike(like.record, record)?.score ?? null };
  };
  const gone = new Set(goes.map(({ record }) => record.imageId));
  choice.marked = [
    ...choice.marked
      .filter((one) => !wanted.includes(one))
      .map((one) => (gone.has(one.for) ? { ...one, ...instead(one.record) } : one)),
    ...goes.map((one) => ({ ...one, ...instead(one.record) })),
  ];
  choice.kept = kept;
}

/** Below 0 where `a` is to be kept rather than `b`, and the rule that says so. */
function compare(a: ImageRecord, b: ImageRecord, rules: readonly KeepRule[]): { order: number; why: KeepReason } {
  const gone = Number(a.missingSince !== null) - Number(b.missingSince !== null);
  if (gone !== 0) return { order: gone, why: 'missing' };
  for (const rule of rules) {
    const order = compareBy(rule, a, b);
    if (order !== 0) return { order, why: rule.by };
  }
  const length = a.canonicalName.length - b.canonicalName.length;
  return { order: length || (a.canonicalName < b.canonicalName ? -1 : 1), why: 'name' };
}

function compareBy(rule: KeepRule, a: ImageRecord, b: ImageRecord): number {
  switch (rule.by) {
    case 'folder':
      return Number(isUnder(b.canonicalName, rule.folder)) - Number(isUnder(a.canonicalName, rule.folder));
    case 'largest':
      return b.width * b.height - a.width * a.height || b.bytes - a.bytes;
    case 'oldest':
      return ageOf(a.capturedAt) - ageOf(b.capturedAt) || a.mtimeMs - b.mtimeMs;
    case 'hand':
      return 0;
  }
}

/** One that does not say when it was taken comes after all that do. */
function ageOf(capturedAt: number | null): number {
  return capturedAt ?? Number.MAX_SAFE_INTEGER;
}

const COMPARED = {
  size: ({ width, height }) => `${width}×${height}`,
  bytes: ({ bytes }) => bytes,
  format: ({ format }) => format,
  captured_at: ({ capturedAt }) => capturedAt,
  modified_at: ({ mtimeMs }) => mtimeMs,
  product_id: ({ productId }) => productId ?? null,
  name: ({ name }) => name ?? null,
  folder: ({ canonicalName }) => canonicalName.slice(0, canonicalName.lastIndexOf('/') + 1),
} as const satisfies Record<string, (record: ImageRecord) => string | number | null>;

export const DIFFERENCES = Object.keys(COMPARED) as [keyof typeof COMPARED, ...(keyof typeof COMPARED)[]];

/** In what pictures of a group differ, of what matters to whoever has to choose. */
export function differencesOf(records: readonly ImageRecord[]): (keyof typeof COMPARED)[] {
  return DIFFERENCES.filter((name) => new Set(records.map((record) => COMPARED[name](record))).size > 1);
}

/** `largest`, `oldest` or `folder:PATH`; `folderName` says what the store calls a folder. Throws INVALID_INPUT. */
export function parseKeepRules(texts: readonly string[], folderName: (folder: string) => string): KeepRule[] {
  return texts.map((text) => {
    if (text === 'largest' || text === 'oldest') return { by: text };
    const folder = /^folder:(.+)$/s.exec(text)?.[1];
    if (folder === undefined) {
      throw new AppError('INVALID_INPUT', `keep: “${text}” is none of largest, oldest and folder:PATH`);
    }
    return { by: 'folder', folder: folderName(folder) };
  });
}
