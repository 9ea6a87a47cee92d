import { canonicalName } from '../../../src-core/domain/identity.ts';
import { isFinished, type ImportRun, type LedgerLine } from '../../../src-core/domain/import.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import { isOpen } from '../../../src-core/domain/task.ts';
import { isInScope, PAGE, type Context } from './context.ts';
import type { Difference } from './difference.ts';
import type { Finding } from './repair.ts';

/** Looks at the lines that say that a file's task is still to be done, whether there is such a task. */
export async function* verifyLedgers(
  context: Context,
  isDriven: (run: ImportRun) => boolean,
): AsyncGenerator<Finding[]> {
  for (const { runs } of context.views.values()) {
    // Whoever drives an import writes its lines first and its tasks then.
    for (const run of runs) if (run.counts.open > 0 && !isDriven(run)) yield* verifyOpenLines(context, run);
  }
}

async function* verifyOpenLines(context: Context, run: ImportRun): AsyncGenerator<Finding[]> {
  const { log, signal } = context;
  for await (const lines of pagesOf((cursor) => log.ledger(run.id, { outcomes: ['open'] }, PAGE, cursor))) {
    signal.throwIfAborted();
    yield await verifyLines(
      context,
      run,
      lines.filter(({ name }) => isInScope(context, canonicalName(name))),
    );
  }
}

async function verifyLines({ queue }: Context, run: ImportRun, lines: readonly LedgerLine[]): Promise<Finding[]> {
  const ids = lines.flatMap(({ taskId }) => taskId ?? []);
  const tasks = new Map((await queue.list({ ids }, PAGE)).items.map((task) => [task.id, task]));
  const finished = isFinished(run.state);
  return lines.flatMap(({ name, taskId }): Finding[] => {
    const task = taskId === null ? undefined : tasks.get(taskId);
    // Who drives the import on will see what became of it; a finished one is followed too while its task is open.
    if (task && (!finished || isOpen(task.state))) return [];
    const difference: Difference = {
      kind: finished ? 'line-left-open' : 'line-without-task',
      path: name,
      imageId: null,
      message: finished
        ? `it still waits in import ${run.id}, which is ${run.state}`
        : `it waits in import ${run.id} for a task that the queue does not know`,
      details: { importId: run.id, taskId, task: task?.state ?? null },
      todo: null,
    };
    const line = { importId: run.id, name, taskIsDone: task !== undefined };
    return [{ differences: [difference], repair: { importOf: run.sourceId, ...(finished && { line }) } }];
  });
}
