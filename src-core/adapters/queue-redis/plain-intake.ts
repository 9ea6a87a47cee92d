import { randomUUID } from 'node:crypto';
import { AppError, toAppError } from '../../domain/app-error.ts';
import type { NewTask } from '../../domain/task.ts';
import type { Logger } from '../../telemetry/log.ts';
import { chunksOf } from './chunks.ts';
import type { QueueContext } from './context.ts';
import { argumentsOf } from './enqueue.ts';
import { toQueueError } from './errors.ts';
import type { QueueHooks } from './hooks.ts';
import { readPlainLines, type PlainTaskLine } from './plain-lines.ts';
import { startPlainWaiter } from './plain-waiter.ts';

/** What a process brings that takes in tasks of programs which only know a Redis list. */
export interface PlainIntake {
  /**
   * Id of the catalog of that name, of the default one without a name. An error that is worth another try (the store is
   * away) leaves the tasks where they are; any other fails the task that named it.
   */
  catalogIdOf(name: string | undefined): Promise<string>;
  /** From its first `maintain` on waits on the list, so that tasks are taken in at once, not at the next: for hosts. */
  wait?: boolean;
}

export interface PlainList {
  /**
   * Takes in what lies on the list, in chunks, and answers how many lines were taken. Trouble with the list or the store
   * is logged and leaves the lines where they are. Throws QUEUE_UNAVAILABLE.
   */
  takeIn(): Promise<number>;
  /** From now on takes in at once what is pushed, where the process was opened for that. Idempotent. */
  wait(): void;
  /** Idempotent. */
  close(): void;
}

export interface PlainListOptions {
  context: QueueContext;
  plain: PlainIntake;
  hooks: QueueHooks;
  log?: Logger | undefined;
}

/** Lines that one script takes at most. */
const CHUNK = 100;
/** More bytes than that only where one line alone has them: the server compares what it takes byte by byte. */
const CHUNK_BYTES = 1_000_000;
/** Chunks that one call takes at most; the next call takes more. */
const MAX_STEPS = 100;

/** The plain list: its name is the queue's. */
export function openPlainList({ context, plain, hooks, log }: PlainListOptions): PlainList {
  const { client, place } = context.connection;
  const list = context.prefix.slice(context.prefix.indexOf('{') + 1, -'}:'.length);
  let complaint = '';

  /** Once for each trouble, not once a second. */
  function complain(error: AppError): void {
    if (error.message === complaint) return;
    complaint = error.message;
    log?.error({ error, list }, 'plain tasks are not taken in');
  }

  /** What lies at the head; null when it cannot be taken in now. */
  async function read(): Promise<PlainTaskLine[] | null> {
    let lines: Buffer[];
    try {
      lines = await client.lrangeBuffer(list, 0, CHUNK - 1);
    } catch (thrown) {
      if (!(thrown as Error).message.startsWith('WRONGTYPE')) throw toQueueError(thrown, place);
      complain(new AppError('CONFLICT', `the key ${list} is no list: delete it, or give the queue another name`));
      return null;
    }
    if (lines.length === 0) return null;
    try {
      return await readPlainLines(lines, plain);
    } catch (thrown) {
      complain(toAppError(thrown));
      return null;
    }
  }

  async function takeInPieces(lines: readonly PlainTaskLine[]): Promise<number> {
    let sum = 0;
    for (const piece of chunksOf(lines, ({ bytes }) => bytes, CHUNK_BYTES)) {
      const taken = await take(piece);
      sum += taken;
      if (taken < piece.length) break;
    }
    return sum;
  }

  async function take(lines: readonly PlainTaskLine[]): Promise<number> {
    const args = lines.flatMap(({ sha, task, madeId, error }) => [
      sha,
      error ? JSON.stringify(error) : '',
      madeId,
      ...argumentsOf(whole(task)),
    ]);
    const [at, taken, repeats, failed] = await context.run<Taken>('plain-intake', randomUUID(), ...args);
    if (repeats > 0) log?.info({ list, repeats }, 'plain tasks with the id of an open one were left out');
    tellFailed(lines, failed, at);
    return taken;
  }

  function tellFailed(lines: readonly PlainTaskLine[], ids: readonly string[], at: number): void {
    const errors = new Map(
      lines.flatMap(({ task, madeId, error }) => (error ? ([task.id, madeId] as const).map((id) => [id, error]) : [])),
    );
    hooks.tasksChanged(
      ids.map((id) => ({ id, state: 'failed', attempts: 0, workerId: 'queue', at, error: errors.get(id)! })),
    );
  }

  function whole(task: NewTask) {
    const { attempts, backoffBaseMs: baseMs, backoffCapMs: capMs } = context.settings;
    const { kind = 'index', importId = null, priority = 'normal', maxAttempts = attempts } = task;
    return { ...task, kind, importId, priority, maxAttempts, backoff: { baseMs, capMs } };
  }

  async function takeIn(): Promise<number> {
    let sum = 0;
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const lines = await read();
      if (!lines) break;
      const taken = await takeInPieces(lines);
      sum += taken;
      // Somebody else takes them in right now, or one corrects another of its call.
      if (taken < lines.length) break;
    }
    if (sum > 0) complaint = '';
    return sum;
  }

  let waiter: { stop(): void } | null = null;
  return {
    takeIn,
    wait() {
      if (plain.wait) waiter ??= startPlainWaiter({ connection: context.connection, list, takeIn, complain });
    },
    close: () => waiter?.stop(),
  };
}

/** As plain-intake.lua answers. */
type Taken = [at: number, taken: number, repeats: number, failed: string[]];
