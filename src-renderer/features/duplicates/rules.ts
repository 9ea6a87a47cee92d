import { joinValues, splitValues } from '../../../src-core/domain/value-list.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';

/** `largest`, `oldest` or `folder:PATH`, as the API takes it. */
export type Rule = string;

export const PLAIN_RULES = ['largest', 'oldest'] as const;
const DEFAULT_RULES: readonly Rule[] = PLAIN_RULES;
const NONE = 'none';
const KNOWN = /^(largest|oldest|folder:.+)$/;

/** Of the address, where a comma parts rules and may stand in a folder too. What is no rule is left out. */
export function rulesOf(text: string | undefined): readonly Rule[] {
  if (text === undefined) return DEFAULT_RULES;
  const rules = splitValues(text);
  return [...new Set(rules.filter((rule) => KNOWN.test(rule)))];
}

/** For the address; undefined: the default. */
export function rulesText(rules: readonly Rule[]): string | undefined {
  if (rules.join() === DEFAULT_RULES.join()) return undefined;
  return rules.length === 0 ? NONE : joinValues(rules);
}

export function folderOfRule(rule: Rule): string | null {
  return /^folder:(.+)$/s.exec(rule)?.[1] ?? null;
}

export function ruleName(rule: Rule): string {
  const folder = folderOfRule(rule);
  return folder === null ? plain(rule, DUPLICATES.keep.names) : DUPLICATES.keep.folder(nameOfPath(folder));
}

export function ruleText(rule: Rule): string {
  const folder = folderOfRule(rule);
  return folder === null ? plain(rule, DUPLICATES.keep.texts) : DUPLICATES.keep.folderText(folder);
}

function plain(rule: Rule, texts: Record<(typeof PLAIN_RULES)[number], string>): string {
  return texts[rule as (typeof PLAIN_RULES)[number]];
}
