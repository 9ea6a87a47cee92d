import type { Source } from '../../../src-core/domain/import.ts';
import { createRules, type Rules } from '../../../src-core/files/rules.ts';
import type { Settings } from '../../../src-core/settings/schema.ts';

/** Which files of a source are wanted, by its own rules and those of the settings. */
export function rulesOf(
  { path, rules }: Pick<Source, 'path' | 'rules'>,
  { imports }: Pick<Settings, 'imports'>,
): Rules {
  return createRules(path, rules, { hidden: imports.hidden, defaults: imports.defaultExcludes });
}
