import type { TaskState } from '../../domain/task.ts';
import type { EventPage, QueueEvent, TaskFact } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';

type Distribute<T> = T extends QueueEvent ? Omit<T, 'seq' | 'at'> : never;
export type NewEvent = Distribute<QueueEvent>;

/** Appends one fact; part of the transaction that made it true. */
export function record(context: QueueContext, at: number, event: NewEvent): void {
  context.sql('INSERT INTO events (at, fact) VALUES (?, ?)').run(at, JSON.stringify(event));
}

export function factOf(task: { id: string; import_id: string | null }, state: TaskState, code?: string): TaskFact {
  return { id: task.id, importId: task.import_id, state, ...(code === undefined ? {} : { code }) };
}

export async function events(context: QueueContext, since: number | null, limit: number): Promise<EventPage> {
  return context.read(() => {
    const { first, last } = bounds(context);
    if (since === null) return { events: [], cursor: last, gap: false };
    // A cursor from the future is one of another file that lay here before.
    if (since > last || since < first - 1) return { events: [], cursor: last, gap: true };
    const rows = context
      .sql('SELECT seq, at, fact FROM events WHERE seq > ? ORDER BY seq LIMIT ?')
      .all<{ seq: number; at: number; fact: string }>(since, limit);
    const events = rows.map(({ seq, at, fact }) => ({ seq, at, ...(JSON.parse(fact) as NewEvent) }));
    return { events, cursor: events.at(-1)?.seq ?? since, gap: false };
  });
}

function bounds(context: QueueContext): { first: number; last: number } {
  const row = context
    .sql(
      `SELECT (SELECT min(seq) FROM events) AS first,
              (SELECT seq FROM sqlite_sequence WHERE name = 'events') AS last`,
    )
    .get<{ first: number | null; last: number | null }>();
  const last = row?.last ?? 0;
  return { first: row?.first ?? last + 1, last };
}
