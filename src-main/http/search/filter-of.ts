import { parseFilter } from '../../../src-core/domain/parse-filter.ts';
import type { Filter } from '../../../src-core/domain/search.ts';
import type { Console } from '../../console.ts';

/** Conditions as texts; a folder is meant as this machine names it. Throws INVALID_INPUT. */
export async function filterOf(texts: readonly string[], console: Console): Promise<Filter> {
  // Only a folder needs to know the sources.
  if (!texts.some((text) => /^\s*folder\b/.test(text))) return parseFilter(texts);
  return parseFilter(texts, await (await console.sources()).namer());
}
