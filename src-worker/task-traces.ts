import { traceparentOf } from '../src-core/domain/trace-context.ts';
import type { ClaimedTask, TaskOutcome } from '../src-core/domain/task.ts';
import { messagingAttributes, messagingName } from '../src-core/telemetry/messaging.ts';
import type { Tracer } from '../src-core/telemetry/tracing.ts';

/** The spans of one run of a task. Times are those of this worker's monotonic clock, in ms. */
export interface TaskTrace {
  readonly traceId: string;
  /** `among`: how many tasks went through it together. */
  stage(name: string, from: number, to: number, among: number): void;
  settling(from: number, to: number): void;
  /** Null: another worker has it by now. */
  end(outcome: TaskOutcome | null): void;
}

export interface TaskTraces {
  /** The tasks of one claim, which was sent at `from` and answered at `to`. */
  claimed(tasks: readonly ClaimedTask[], from: number, to: number): (task: ClaimedTask) => TaskTrace;
}

const MOST_LINKS = 128;

/** In wall time, since spans of all processes are laid side by side. The two clocks drift apart over days. */
const wall = (ms: number): number => Date.now() - (performance.now() - ms);

/** A run goes on with the trace that its task was enqueued in, whoever runs it and however often. */
export function createTaskTraces(tracer: Tracer, queue: string, workerId: string): TaskTraces {
  const client = { 'messaging.client.id': workerId };

  function traceOf(task: ClaimedTask, receive: string): TaskTrace {
    const about = { ...client, 'messaging.message.id': task.id };
    const span = tracer.start(messagingName('process', queue), {
      kind: 'consumer',
      parent: traceparentOf(task.payload),
      links: [receive],
      attributes: messagingAttributes('process', queue, { ...about, 'imagefleet.attempt': task.attempt }),
    });
    const parent = span.traceparent;
    return {
      traceId: span.traceId,
      stage(name, from, to, among) {
        const attributes = { 'imagefleet.batch.size': among };
        tracer.start(name, { kind: 'internal', parent, startedAt: wall(from), attributes }).end(wall(to));
      },
      settling(from, to) {
        const attributes = messagingAttributes('settle', queue, about);
        const options = { kind: 'client', parent, startedAt: wall(from), attributes } as const;
        tracer.start(messagingName('settle', queue), options).end(wall(to));
      },
      end(outcome) {
        span.set({ 'imagefleet.outcome': outcome?.outcome ?? 'lost' });
        if (outcome && 'error' in outcome) span.fail(outcome.error.code, outcome.error.message);
        span.end();
      },
    };
  }

  return {
    claimed(tasks, from, to) {
      const span = tracer.start(messagingName('receive', queue), {
        kind: 'client',
        parent: null,
        links: tasks.slice(0, MOST_LINKS).flatMap(({ payload }) => traceparentOf(payload) ?? []),
        startedAt: wall(from),
        attributes: messagingAttributes('receive', queue, { ...client, 'messaging.batch.message_count': tasks.length }),
      });
      span.end(wall(to));
      return (task) => traceOf(task, span.traceparent);
    },
  };
}
