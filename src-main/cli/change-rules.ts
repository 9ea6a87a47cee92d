import type { Source, SourceRules } from '../../src-core/domain/import.ts';
import type { Cli } from './cli.ts';
import { confirmRemoval } from './confirm.ts';

/** Changes the rules of a source after the question; answers how many pictures left the catalog. */
export async function changeRules(
  cli: Cli,
  source: Source,
  rules: SourceRules,
  yes: string | undefined,
): Promise<number> {
  const sources = await cli.console.sources();
  const images = await sources.leftOut(source, rules);
  await confirmRemoval(cli, `the new rules of ${source.path}`, images, yes);
  await sources.setRules(source, rules, images);
  return images;
}
