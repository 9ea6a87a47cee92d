import { AppError } from '../../src-core/domain/app-error.ts';

/** Options that a server decides by itself. Throws INVALID_INPUT, which names those that were given. */
export function refuseAtServer(options: Record<string, unknown>): void {
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  throw new AppError(
    'INVALID_INPUT',
    `${given.join(', ')}: this cannot be asked of a server; leave it or --server out`,
  );
}
