import type { ByHandInput, WhichGroupsInput } from '../../../src-core/contract/duplicates.ts';
import { parseKeepRules, type KeepRule } from '../../../src-core/domain/keep-rules.ts';
import type { Console } from '../../console.ts';

/** As the services want it. */
export function whichOf({ min_score, kind, hide_same_product, across_products }: WhichGroupsInput) {
  return { minScore: min_score, kind, hideSameProduct: hide_same_product, acrossProducts: across_products };
}

/** A folder is meant as this machine names it. */
export async function rulesOf(
  { keep, keep_ids = [], mark_ids = [] }: ByHandInput & { keep: readonly string[] },
  console: Pick<Console, 'sources'>,
): Promise<KeepRule[]> {
  const rules = parseKeepRules(keep, await (await console.sources()).namer());
  return [...rules, { by: 'hand', keep: new Set(keep_ids), mark: new Set(mark_ids) }];
}
