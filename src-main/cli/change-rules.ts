import type { SourceRules } from '../../src-core/domain/import.ts';
import type { Left } from '../client/operator.ts';
import type { ListedSource } from '../documents.ts';
import type { Cli } from './cli.ts';
import { confirmRemoval } from './confirm.ts';

/** Changes the rules of a source after the question. */
export async function changeRules(
  cli: Cli,
  source: Pick<ListedSource, 'id' | 'path'>,
  rules: SourceRules,
  yes: string | undefined,
): Promise<Left> {
  const { sources } = await cli.operator();
  return sources.setRules(source, rules, (images, tasks) =>
    confirmRemoval(cli, `the new rules of ${source.path}`, images, yes, tasks),
  );
}
