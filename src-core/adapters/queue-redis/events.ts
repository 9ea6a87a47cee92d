import { AppError } from '../../domain/app-error.ts';
import type { TaskState } from '../../domain/task.ts';
import type { EventPage, QueueEvent, TaskFact } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';

/** As `record` in tasks.lua keeps them, with their numbers. */
type Recorded = [seq: number, at: number, type: QueueEvent['type'], first: unknown, facts?: unknown[]];

export async function events(context: QueueContext, since: number | null, limit: number): Promise<EventPage> {
  const [last, gap, recorded] = await context.run<[number, number, Recorded[]]>('events', since ?? '', limit);
  if (since === null || gap === 1) return { events: [], cursor: last, gap: gap === 1 };
  const page = recorded.map(toEvent);
  return { events: page, cursor: page.at(-1)?.seq ?? since, gap: false };
}

function toEvent([seq, at, type, first, facts = []]: Recorded): QueueEvent {
  switch (type) {
    case 'enqueued':
    case 'retried':
    case 'cancelled':
    case 'removed':
    case 'prioritised':
      return { seq, at, type, count: first as number };
    case 'settled':
    case 'stalled':
      return { seq, at, type, workerId: first as string, tasks: factsOf(facts) };
    case 'paused':
    case 'resumed':
      return { seq, at, type, importId: first as string | null };
    default:
      throw new AppError(
        'INTERNAL',
        `an event of the queue has a type that nobody knows: ${String(type satisfies never)}`,
      );
  }
}

/** Four values for each task. */
function factsOf(flat: readonly unknown[]): TaskFact[] {
  const facts: TaskFact[] = [];
  for (let index = 0; index < flat.length; index += 4) {
    const [id, importId, state, code] = flat.slice(index, index + 4) as [
      string,
      string | null,
      TaskState,
      string | null,
    ];
    facts.push({ id, importId, state, ...(code === null ? {} : { code }) });
  }
  return facts;
}
