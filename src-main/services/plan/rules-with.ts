import type { SourceRules } from '../../../src-core/domain/import.ts';

/** Rules with more of them; each once. */
export function rulesWith(rules: SourceRules, more: SourceRules): SourceRules {
  return {
    include: [...new Set([...rules.include, ...more.include])],
    exclude: [...new Set([...rules.exclude, ...more.exclude])],
  };
}
