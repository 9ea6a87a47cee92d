import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Row } from '../sqlite/database.ts';
import { CHUNK, queueRow, type QueueContext } from './context.ts';
import { record } from './events.ts';

interface Sweep extends Row {
  paused: number;
  swept_to: number | null;
}

/** The flag is set in one transaction; the import's waiting tasks follow in chunks. Done when it resolves. */
export async function setPaused(context: QueueContext, paused: boolean, importId?: string): Promise<void> {
  if (importId === undefined) {
    await context.write((now) => pauseQueue(context, paused, now));
    return;
  }
  await context.write((now) => pauseImport(context, paused, importId, now));
  while (await context.write(() => sweep(context, importId))) await nextTurn();
}

function pauseQueue(context: QueueContext, paused: boolean, now: number): void {
  if (Boolean(queueRow(context).paused) === paused) return;
  context.sql('UPDATE queue SET paused = ?').run(Number(paused));
  record(context, now, { type: paused ? 'paused' : 'resumed', importId: null });
}

function pauseImport(context: QueueContext, paused: boolean, importId: string, now: number): void {
  if ((sweepOf(context, importId)?.paused === 1) === paused) return;
  context
    .sql(
      `INSERT INTO paused_imports (import_id, paused, swept_to) VALUES (?, ?, 0)
       ON CONFLICT DO UPDATE SET paused = excluded.paused, swept_to = 0`,
    )
    .run(importId, Number(paused));
  record(context, now, { type: paused ? 'paused' : 'resumed', importId });
}

function sweepOf(context: QueueContext, importId: string): Sweep | undefined {
  return context.sql('SELECT paused, swept_to FROM paused_imports WHERE import_id = ?').get<Sweep>(importId);
}

/** Imports whose tasks do not all follow their flag yet: whoever paused them may have died over it. */
export function unswept(context: QueueContext): string[] {
  return context
    .sql('SELECT import_id FROM paused_imports WHERE swept_to IS NOT NULL')
    .all<{ import_id: string }>()
    .map(({ import_id }) => import_id);
}

/**
 * Lets a chunk of the import's waiting tasks follow its flag; false when all do. Tasks that become waiting meanwhile
 * look at the flag themselves, so one way through the line is enough, and several processes may share it.
 */
export function sweep(context: QueueContext, importId: string): boolean {
  const state = sweepOf(context, importId);
  if (!state || state.swept_to === null) return false;
  const places = context
    .sql(`SELECT n FROM tasks WHERE import_id = ? AND state = 'waiting' AND n > ? ORDER BY n LIMIT ?`)
    .all<{ n: number }>(importId, state.swept_to, CHUNK)
    .map(({ n }) => n);
  const last = places.at(-1);
  if (last !== undefined) {
    context
      .sql(`UPDATE tasks SET held = ? WHERE n IN (SELECT value FROM json_each(?))`)
      .run(state.paused, JSON.stringify(places));
    context.sql('UPDATE paused_imports SET swept_to = ? WHERE import_id = ?').run(last, importId);
    return true;
  }
  const done = state.paused
    ? 'UPDATE paused_imports SET swept_to = NULL WHERE import_id = ?'
    : 'DELETE FROM paused_imports WHERE import_id = ?';
  context.sql(done).run(importId);
  return false;
}
