import { AppError } from '../../src-core/domain/app-error.ts';
import type { Cli } from './cli.ts';
import { formatNumberOf } from './format.ts';

/**
 * Asks once before pictures leave a catalog. `what` says which, `yes` is what `--yes` gave: the very number is a yes. In a
 * terminal a person is asked; else INVALID_INPUT names the number to give.
 */
export async function confirmRemoval(cli: Cli, what: string, images: number, yes: string | undefined): Promise<void> {
  if (images === 0 || yes === String(images)) return;
  const pictures = formatNumberOf(images, 'picture');
  if (yes === undefined && !cli.json && cli.io.ask) {
    const answer = await cli.io.ask(
      `${what}: ${pictures} will leave the catalog (the files are left alone). Go on? [y/N] `,
    );
    if (/^y(es)?$/i.test(answer.trim())) return;
    throw new AppError('CANCELLED', 'nothing was changed');
  }
  throw new AppError('INVALID_INPUT', `${what}: ${pictures} would leave the catalog; to go on add --yes ${images}`, {
    details: { images },
  });
}
