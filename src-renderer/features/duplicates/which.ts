import { DEFAULT_GROUP_SCORE } from '../../../src-core/domain/duplicates.ts';
import type { Answers } from '../../app/client.ts';
import type { Hand } from './hand.ts';
import type { Rule } from './rules.ts';
import type { DuplicatesQuery } from './search.ts';

export type Group = Answers['duplicates']['groups']['groups'][number];
export type Duplicate = Group['pictures'][number];
export type Scan = Answers['duplicates']['scans']['scans'][number];

/** Which groups, as the API takes it. A threshold below what the scan has kept says nothing. */
export function whichOf(query: DuplicatesQuery, catalog: string, scan: Scan) {
  const { min_score = DEFAULT_GROUP_SCORE, kind, hide_same_product, across_products } = query;
  return {
    catalog,
    min_score: Math.max(min_score, scan.least_score),
    ...(kind && { kind }),
    ...(hide_same_product && { hide_same_product }),
    ...(across_products && { across_products }),
  };
}
export type Which = ReturnType<typeof whichOf>;

/** For the address of the CSV. A rule alone would be parted at its commas; given twice, it is not. */
export function csvQuery(
  which: Which,
  rules: readonly Rule[],
  { keep_ids, mark_ids }: ReturnType<Hand['input']>,
): string {
  const fields = [
    ...Object.entries(which).map(([name, value]) => [name, String(value)]),
    ...[...rules, ...rules].map((rule) => ['keep', rule]),
    ...(keep_ids && rules.length > 0 ? [['keep_ids', keep_ids.join()]] : []),
    ...(mark_ids && rules.length > 0 ? [['mark_ids', mark_ids.join()]] : []),
  ];
  return `?${new URLSearchParams(fields).toString()}`;
}
