import { randomUUID } from 'node:crypto';
import type { EnqueueAnswerDocument, EnqueueRequest } from '../../../src-core/contract/queue.ts';
import { machineOf } from '../../../src-core/domain/naming.ts';
import { plainTaskToNew } from '../../../src-core/domain/plain-task.ts';
import type { NewTask } from '../../../src-core/domain/task.ts';
import type { EnqueueAnswer } from '../../../src-core/ports/task-queue.ts';
import type { Settings } from '../../../src-core/settings/schema.ts';
import { rememberFor } from '../../../src-core/domain/remember.ts';
import { isoTime } from '../documents.ts';
import type { ApiParts } from '../procedures.ts';
import { createGroup } from './group.ts';

/** Takes in pictures that programs hand in. */
export interface Intake {
  /** Throws PATH_OUTSIDE_ROOT, and what queue and store throw. */
  enqueue(request: EnqueueRequest): Promise<EnqueueAnswerDocument>;
  /** The task of such a picture. Throws as `enqueue` does. */
  taskOf(request: EnqueueRequest): Promise<NewTask>;
  /** Enqueues all, in their order. */
  enqueueAll(tasks: readonly NewTask[]): Promise<EnqueueAnswerDocument[]>;
}

/** A source that was added meanwhile names its files as they are named without one. */
const SOURCES_MS = 1_000;
/** Tasks that one call of the queue takes. */
const MOST_AT_ONCE = 250;

export function createIntake({ console, roots }: Pick<ApiParts, 'console' | 'roots'>): Intake {
  const namerOf = rememberFor(SOURCES_MS, async () => (await console.sources()).namer());
  const putAll = async (tasks: readonly NewTask[]) => (await console.queue()).enqueue(tasks);
  const putGrouped = createGroup(putAll, MOST_AT_ONCE);

  /** A task that is traced goes alone: its trace is that of its own request. */
  async function put(task: NewTask): Promise<EnqueueAnswer> {
    if ((await console.tracer()) === null) return putGrouped(task);
    const [answer] = await putAll([task]);
    return answer!;
  }

  async function taskOf(request: EnqueueRequest): Promise<NewTask> {
    const { root } = await roots.check(request.image_path);
    const [{ id: catalogId }, nameOf, { machine }] = await Promise.all([
      console.ensureCatalog(request.catalog),
      namerOf(''),
      console.naming(),
    ]);
    return newTaskOf(request, { catalogId, root, nameOf, machine }, console.settings);
  }

  return {
    taskOf,
    enqueue: async (request) => answerDocument(await put(await taskOf(request))),
    enqueueAll: async (tasks) => (await putAll(tasks)).map(answerDocument),
  };
}

function answerDocument({ id, state, createdAt }: EnqueueAnswer): EnqueueAnswerDocument {
  return { task_id: id, status: state, created_at: isoTime(createdAt) };
}

/** Where a picture belongs that a program hands in. */
interface Belonging {
  catalogId: string;
  /** What its path must not leave, as this machine opens it. */
  root: string;
  /** Answers what the store calls a file or folder of this machine. */
  nameOf: (path: string) => string;
  /** Whose path it is, where other machines may take tasks; null where none does. */
  machine: string | null;
}

/**
 * The task of such a picture: as of the plain list, but held inside its root, and called as an import of this machine
 * would call it, so that both mean the same picture.
 */
function newTaskOf(request: EnqueueRequest, belonging: Belonging, settings: Settings): NewTask {
  const { catalogId, root, nameOf, machine } = belonging;
  const name = nameOf(request.image_path);
  const plain = plainTaskToNew(request, catalogId, randomUUID(), name);
  return {
    ...plain,
    maxAttempts: request.max_attempts ?? settings.queue.attempts,
    backoff: { baseMs: settings.queue.backoffBaseMs, capMs: settings.queue.backoffCapMs },
    payload: {
      ...plain.payload,
      root,
      rootName: nameOf(root),
      ...(machine !== null && machineOf(name) === null && { machine }),
    },
  };
}
