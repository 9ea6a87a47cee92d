import { withTraceparent } from '../domain/trace-context.ts';
import type { NewTask } from '../domain/task.ts';
import { toAppError } from '../domain/app-error.ts';
import type { EnqueueAnswer, TaskQueue } from '../ports/task-queue.ts';
import { messagingAttributes, messagingName } from './messaging.ts';
import type { Span, Tracer } from './tracing.ts';

/** Links beyond this are dropped by OpenTelemetry's own limit. */
const MOST_LINKS = 128;

/**
 * The same queue; what it enqueues begins, or goes on with, a trace. A task that is enqueued alone belongs to what enqueues
 * it. Of many, each begins a trace of its own, linked with the sending: an import of a million is not one trace.
 */
export function traceQueue(queue: TaskQueue, name: string, tracer: Tracer): TaskQueue {
  function sendOne(task: NewTask): Promise<EnqueueAnswer[]> {
    const span = tracer.start(messagingName('send', name), {
      kind: 'producer',
      attributes: messagingAttributes('send', name, aboutTask(task)),
    });
    return ending(span, () => queue.enqueue([marked(task, span)]));
  }

  function sendMany(tasks: readonly NewTask[]): Promise<EnqueueAnswer[]> {
    const created = tasks.map((task) => {
      const span = tracer.start(messagingName('create', name), {
        kind: 'producer',
        parent: null,
        attributes: messagingAttributes('create', name, aboutTask(task)),
      });
      span.end();
      return span;
    });
    const span = tracer.start(messagingName('send', name), {
      kind: 'client',
      links: created.slice(0, MOST_LINKS).map(({ traceparent }) => traceparent),
      attributes: messagingAttributes('send', name, { 'messaging.batch.message_count': tasks.length }),
    });
    return ending(span, () => queue.enqueue(tasks.map((task, index) => marked(task, created[index]!))));
  }

  return {
    ...queue,
    async enqueue(tasks) {
      const [only] = tasks;
      if (!only) return queue.enqueue(tasks);
      return tasks.length === 1 ? sendOne(only) : sendMany(tasks);
    },
  };
}

function aboutTask({ id, importId }: NewTask) {
  return { 'messaging.message.id': id, ...(typeof importId === 'string' && { 'imagefleet.import.id': importId }) };
}

const marked = (task: NewTask, { traceparent }: Span): NewTask => ({
  ...task,
  payload: withTraceparent(task.payload, traceparent),
});

async function ending<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    span.fail(code, message);
    throw thrown;
  } finally {
    span.end();
  }
}
