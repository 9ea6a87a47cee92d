import { parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { canonicalName } from '../../../src-core/domain/identity.ts';
import { isFinished, type LedgerLine, type LedgerOutcome } from '../../../src-core/domain/import.ts';
import { indexPayload, indexResult } from '../../../src-core/domain/index-task.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { Task } from '../../../src-core/domain/task.ts';
import type { KnownFile, LedgerUpdate } from '../../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import type { ImportsDeps } from './job.ts';

/** Tasks asked for at a time, with their payloads and results. */
const CHUNK = 200;

export type SettleDeps = Pick<ImportsDeps, 'log' | 'queue'> & { store: Pick<VectorStore, 'catalogs'> };

/** Brings the ledger up to what became of these tasks; answers the ids that the queue does not know. */
async function settleTasks(deps: SettleDeps, importId: string, ids: readonly string[]): Promise<string[]> {
  const unknown: string[] = [];
  for (let start = 0; start < ids.length; start += CHUNK) {
    const chunk = ids.slice(start, start + CHUNK);
    const { items } = await deps.queue.list({ ids: chunk }, CHUNK);
    const found = new Set(items.map(({ id }) => id));
    unknown.push(...chunk.filter((id) => !found.has(id)));
    await writeOutcomes(deps, importId, items);
  }
  return unknown;
}

/**
 * Asks the queue about all lines with these outcomes. `onUnknown` gets the lines whose task the queue does not know:
 * they were never enqueued, or it forgot them.
 */
export async function reconcile(
  deps: SettleDeps,
  importId: string,
  outcomes: readonly LedgerOutcome[],
  onUnknown: (lines: LedgerLine[]) => Promise<void> | void = () => {},
): Promise<void> {
  for await (const page of pagesOf((cursor) => deps.log.ledger(importId, { outcomes }, CHUNK, cursor))) {
    const lines = page.filter(({ taskId }) => taskId !== null);
    const unknown = new Set(
      await settleTasks(
        deps,
        importId,
        lines.flatMap(({ taskId }) => taskId ?? []),
      ),
    );
    const unknownLines = lines.filter(({ taskId }) => taskId !== null && unknown.has(taskId));
    if (unknownLines.length > 0) await onUnknown(unknownLines);
  }
}

/**
 * Follows the queue's log of events. A finished import is followed too: a failed task of it may have been retried.
 * What happens between two calls is reported by the second.
 */
export function createFollower(deps: SettleDeps, importId: string) {
  let cursor: number | null = null;

  async function isFollowed(id: string): Promise<boolean> {
    if (id === importId) return true;
    const run = await deps.log.getImport(id);
    return run !== null && isFinished(run.state);
  }

  /** Reads one page of events; answers whether there was anything in it. */
  return async function follow(): Promise<boolean> {
    const first = cursor === null;
    const { events, cursor: next, gap } = await deps.queue.events(cursor, 50);
    const settled = new Map<string, string[]>();
    let bulk = gap || first;
    for (const event of events) {
      if (event.type === 'cancelled' || event.type === 'removed') bulk = true;
      if (event.type !== 'settled' && event.type !== 'stalled') continue;
      for (const { id, importId: of, state } of event.tasks) {
        if (of === null || (state !== 'completed' && state !== 'failed' && state !== 'cancelled')) continue;
        const ids = settled.get(of);
        if (ids) ids.push(id);
        else settled.set(of, [id]);
      }
    }
    for (const [id, ids] of settled) if (await isFollowed(id)) await settleTasks(deps, id, ids);
    if (bulk) await reconcile(deps, importId, ['open']);
    cursor = next;
    return events.length > 0 || bulk;
  };
}

async function writeOutcomes({ log, store }: SettleDeps, importId: string, tasks: readonly Task[]): Promise<void> {
  const outcomes = tasks.map((task) => ({ task, outcome: outcomeOf(task) }));
  const completed = tasks.filter(({ state }) => state === 'completed');
  const catalogId = completed[0]?.catalogId;
  if (catalogId !== undefined) {
    const model = (await store.catalogs()).find(({ id }) => id === catalogId)?.model;
    // The catalog may have been dropped meanwhile: then there is nothing to remember.
    if (model !== undefined)
      await log.remember(
        catalogId,
        completed.map((task) => knownFile(task, model)),
      );
  }
  const lines = outcomes.flatMap(({ outcome }) => outcome ?? []);
  if (lines.length > 0) await log.record(importId, lines);
}

/** The task's line; null while it is open. */
function outcomeOf(task: Task): LedgerUpdate | null {
  const name = nameOf(task);
  if (task.state === 'completed') {
    const { how, bytes } = resultOf(task);
    if (how === 'unchanged') return { name, outcome: 'skipped', reason: 'same bytes', bytes };
    if (how === 'updated') return { name, outcome: 'updated', reason: 'facts', bytes };
    return { name, outcome: 'indexed', bytes };
  }
  if (task.state === 'failed') {
    return { name, outcome: 'failed', reason: task.error?.code ?? 'INTERNAL', message: task.error?.message ?? null };
  }
  return task.state === 'cancelled' ? { name, outcome: 'cancelled' } : null;
}

function knownFile(task: Task, model: string): KnownFile {
  const { path, sourceId, inode } = payloadOf(task);
  const { imageId, bytes, mtimeMs, contentHash } = resultOf(task);
  return {
    name: nameOf(task),
    path,
    sourceId: sourceId ?? '',
    imageId,
    bytes,
    mtimeMs,
    contentHash,
    model,
    inode,
    missingSince: null,
  };
}

/** As this machine, which made the task, calls the file; the store may know it by another name. */
function nameOf(task: Task): string {
  return canonicalName(payloadOf(task).path);
}

function payloadOf(task: Task) {
  return parseOrThrow(indexPayload, task.payload, `task ${task.id}`, 'INTERNAL');
}

function resultOf(task: Task) {
  return parseOrThrow(indexResult, task.result, `result of task ${task.id}`, 'INTERNAL');
}
