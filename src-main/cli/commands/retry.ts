import { AppError } from '../../../src-core/domain/app-error.ts';
import type { TaskFilter, TaskState } from '../../../src-core/domain/task.ts';
import type { Run } from '../cli.ts';
import { formatNumberOf } from '../format.ts';
import { errorCodeOption, type Program } from '../global-options.ts';

export function addRetry(program: Program, run: Run): void {
  program
    .command('retry')
    .description('Run failed tasks again with fresh attempts, and delayed ones now.')
    .argument('[id...]', 'tasks: failed, cancelled or delayed ones')
    .option('--error <code>', 'all failed and delayed ones with this error', errorCodeOption)
    .option('--all-failed', 'all failed ones')
    .option('--delayed', 'all that wait for their next attempt')
    .option('--import <id>', 'only those of this import')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet retry --error FILE_UNREADABLE   after the permissions were mended
  $ imagefleet retry --all-failed
  $ imagefleet retry --delayed                 do not wait any longer`,
    )
    .action((ids, options) =>
      run(async (cli) => {
        const filter = retryFilter(ids, options);
        const operator = await cli.operator();
        const retried = await operator.retry(filter);
        const known = await operator.workers();
        const workers = known.filter(({ lost, status }) => !lost && status.state !== 'stopped').length;
        const who = retried && !workers ? 'No worker is running now: start one with "imagefleet worker".\n' : '';
        return {
          json: { retried, workers },
          text: `${formatNumberOf(retried, 'task')} will run again.\n${who}`,
        };
      }),
    );
}

interface RetryOptions {
  error?: string;
  allFailed?: true;
  delayed?: true;
  import?: string;
}

/** Exactly one way of choosing, so that nobody retries more than was meant. Throws INVALID_INPUT. */
export function retryFilter(ids: readonly string[], options: RetryOptions): TaskFilter {
  const { error, allFailed, delayed, import: importId } = options;
  const wide = error !== undefined || allFailed || delayed;
  if (ids.length && wide)
    throw new AppError('INVALID_INPUT', 'retry takes task ids or a choice such as --error, not both');
  if (!ids.length && !wide) {
    throw new AppError('INVALID_INPUT', 'retry needs task ids, --error CODE, --all-failed or --delayed');
  }
  const states: TaskState[] = [];
  if (allFailed || (error !== undefined && !delayed)) states.push('failed');
  if (delayed || (error !== undefined && !allFailed)) states.push('delayed');
  return {
    ...(ids.length ? { ids: [...ids] } : { states }),
    ...(error !== undefined && { codes: [error] }),
    ...(importId !== undefined && { importId }),
  };
}
