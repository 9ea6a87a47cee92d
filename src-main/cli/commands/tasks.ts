import { Option } from '@commander-js/extra-typings';
import { TASK_STATES, type TaskFilter } from '../../../src-core/domain/task.ts';
import type { Run } from '../cli.ts';
import { pathOf, taskDocument, type ListedTask } from '../../documents.ts';
import { formatAgo } from '../format.ts';
import { errorCodeOption, wholeNumber, type Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { STATE_STYLES } from '../styles.ts';
import { formatTable } from '../table.ts';

export function addTasks(program: Program, run: Run): void {
  program
    .command('tasks')
    .description('List tasks, newest first.')
    .addOption(new Option('--state <state>', 'only these').choices(TASK_STATES))
    .option('--error <code>', 'only those that met this error', errorCodeOption)
    .option('--import <id>', 'only those of this import')
    .option('--limit <count>', 'at most so many', wholeNumber(1, 100_000), 100)
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet tasks --state failed
  $ imagefleet tasks --error IMAGE_CORRUPT --limit 1000 --json`,
    )
    .action(({ state, error, import: importId, limit }) =>
      run(async ({ operator, paint }) => {
        const filter: TaskFilter = {
          ...(state && { states: [state] }),
          ...(error && { codes: [error] }),
          ...(importId && { importId }),
        };
        const tasks = await (await operator()).tasks(filter, limit);
        const total = tasks.length === limit ? paint('dim', `The newest ${limit}; --limit shows more.\n`) : '';
        return {
          json: { tasks: tasks.map(taskDocument) },
          text: tasks.length ? formatTasks(tasks, paint) + total : 'No such tasks.\n',
        };
      }),
    );
}

function formatTasks(tasks: readonly ListedTask[], paint: Paint): string {
  const now = Date.now();
  return formatTable<ListedTask>(
    [
      { title: 'TASK', value: ({ id }) => id },
      { title: 'STATE', value: ({ state }) => state, style: ({ state }) => STATE_STYLES[state] },
      { title: 'TRIES', value: ({ attempts, maxAttempts }) => `${attempts}/${maxAttempts}`, align: 'right' },
      { title: 'CREATED', value: ({ createdAt }) => formatAgo(createdAt, now) },
      {
        title: 'PICTURE',
        value: (task) => pathOf(task) + (task.error ? ` (${task.error.code}: ${task.error.message})` : ''),
      },
    ],
    tasks,
    paint,
  );
}
