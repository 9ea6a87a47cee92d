import { Cluster } from 'ioredis';
import { isOpen } from '../../domain/task.ts';
import type { Settings } from '../../settings/schema.ts';
import type { RedisClient } from './connect.ts';
import { evaluate, scriptOf } from './evaluate.ts';
import type { TaskChange } from './hooks.ts';
import type { PlainChange } from './plain-changes.ts';

type Keep = Pick<Settings['queue'], 'keepCompletedMs' | 'keepFailedMs'>;

/** Documents in one script, so that Redis serves nobody else for a fraction of a ms only. */
const BATCH = 250;

/** As many `SET`s in a pipeline cost the client four times as much. KEYS are the documents', ARGV an expiry in ms and a text for each. */
const WRITE = scriptOf(`for n = 1, #KEYS do redis.call('SET', KEYS[n], ARGV[2 * n], 'PX', ARGV[2 * n - 1]) end`);

/**
 * For a change that is late: who was frozen after its script and goes on much later must not say that a task is active
 * which somebody else has completed since. KEYS[1] is the document's, ARGV its time, its expiry in ms and itself.
 */
const WRITE_IF_NEWER = scriptOf(`
local known = redis.call('GET', KEYS[1])
local before = known and string.match(known, '"updated_at_ms":(%d+)')
if not before or tonumber(before) <= tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2]) end`);

/** Writes `task_status:<id>` of each, in no order. */
export async function writeTaskDocuments(
  client: RedisClient,
  keep: Keep,
  changes: readonly PlainChange[],
): Promise<void> {
  for (const late of changes.filter(({ late }) => late)) {
    const { at, id } = late;
    await evaluate(client, WRITE_IF_NEWER, 1, [keyOf(id), at, expiryMs(late, keep), documentOf(late)]);
  }
  const ordinary = changes.filter(({ late }) => !late);
  for (let start = 0; start < ordinary.length; start += BATCH) {
    await writeBatch(client, keep, ordinary.slice(start, start + BATCH));
  }
}

async function writeBatch(client: RedisClient, keep: Keep, changes: readonly TaskChange[]): Promise<void> {
  if (client instanceof Cluster) {
    // The keys lie in different slots.
    await Promise.all(
      changes.map((change) => client.set(keyOf(change.id), documentOf(change), 'PX', expiryMs(change, keep))),
    );
    return;
  }
  const keys = changes.map(({ id }) => keyOf(id));
  const texts = changes.flatMap((change) => [expiryMs(change, keep), documentOf(change)]);
  await evaluate(client, WRITE, keys.length, [...keys, ...texts]);
}

function keyOf(id: string): string {
  return `task_status:${id}`;
}

/** That of an open task stays for as long as a task may live; each change renews it. */
function expiryMs({ state }: TaskChange, { keepCompletedMs, keepFailedMs }: Keep): number {
  return Math.max(1, isOpen(state) ? Math.max(keepFailedMs, keepCompletedMs) : keepCompletedMs);
}

/** What `task_status:<id>` holds. */
function documentOf({ id, state, attempts, workerId, at, error }: TaskChange): string {
  return JSON.stringify({
    task_id: id,
    status: state,
    attempts,
    worker_id: workerId,
    updated_at: new Date(at).toISOString(),
    updated_at_ms: at,
    error: error ? { code: error.code, message: error.message } : null,
  });
}
