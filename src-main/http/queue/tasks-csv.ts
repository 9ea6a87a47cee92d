import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { whichTasks } from '../../../src-core/contract/queue-operations.ts';
import { csvLine } from '../../../src-core/domain/csv-line.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { Task } from '../../../src-core/domain/task.ts';
import { taskDocument } from '../documents.ts';
import type { ApiParts } from '../procedures.ts';
import { taskFilterOf } from './filter-of.ts';
import { checkedInput } from './input.ts';

const PAGE = 1_000;
/** A slow reader may take its time over a million lines. */
const TRANSFER_MS = 3_600_000;

const COLUMNS = [
  'task_id',
  'status',
  'image_path',
  'priority',
  'catalog_id',
  'import_id',
  'worker_id',
  'attempts',
  'max_attempts',
  'created_at',
  'finished_at',
] as const;

/** Tasks that match as CSV, read page by page as their reader takes them. */
export function addTasksCsv(app: FastifyInstance, { console }: Pick<ApiParts, 'console'>): void {
  app.get('/queue/tasks.csv', { handlerTimeout: TRANSFER_MS }, async ({ query }, reply) => {
    const filter = await taskFilterOf(checkedInput(whichTasks, query), console);
    const tasks = await console.tasks();
    // The first page before the head is sent, so that trouble has a status of its own.
    const first = await tasks.page(filter, PAGE);

    async function* lines(): AsyncGenerator<string> {
      yield csvLine([...COLUMNS, 'error_code', 'error_message']);
      yield first.items.map(lineOf).join('');
      if (first.next === null) return;
      for await (const page of pagesOf((cursor) => tasks.page(filter, PAGE, cursor ?? first.next!))) {
        yield page.map(lineOf).join('');
      }
    }

    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="tasks.csv"')
      .send(Readable.from(lines()));
  });
}

function lineOf(task: Task): string {
  const document = taskDocument(task);
  return csvLine([
    ...COLUMNS.map((column) => document[column]),
    document.error?.code ?? null,
    document.error?.message ?? null,
  ]);
}
