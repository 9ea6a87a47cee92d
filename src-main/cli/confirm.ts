import { AppError } from '../../src-core/domain/app-error.ts';
import type { Cli } from './cli.ts';
import { formatNumberOf } from './format.ts';

/**
 * Asks once before pictures leave a catalog. `what` says which, `yes` is what `--yes` gave: the very number is a yes. In a
 * terminal a person is asked; else INVALID_INPUT names the number to give. Where `tasks` are cancelled too, it is that of both.
 */
export async function confirmRemoval(
  cli: Cli,
  what: string,
  images: number,
  yes: string | undefined,
  tasks = 0,
): Promise<void> {
  const both = images + tasks;
  if (both === 0 || yes === String(both)) return;
  const pictures = formatNumberOf(images, 'picture');
  const cancelled = tasks === 0 ? '' : ` and ${formatNumberOf(tasks, 'task')} that wait or run be cancelled`;
  if (yes === undefined && !cli.json && cli.io.ask) {
    const answer = await cli.io.ask(
      `${what}: ${pictures} will leave the catalog (the files are left alone)${cancelled}. Go on? [y/N] `,
    );
    if (/^y(es)?$/i.test(answer.trim())) return;
    throw new AppError('CANCELLED', 'nothing was changed');
  }
  throw new AppError(
    'INVALID_INPUT',
    `${what}: ${pictures} would leave the catalog${cancelled}; to go on add --yes ${both}`,
    {
      details: { images, ...(tasks > 0 && { tasks }) },
    },
  );
}
