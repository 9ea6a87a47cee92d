import { openRedisQueue } from '../../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { settingsSchema, type Settings } from '../../../src-core/settings/schema.ts';
import { createLogger } from '../../../src-core/telemetry/log.ts';
import { createRunLoop, type RunLoop } from '../../../src-worker/run-loop.ts';
import { createStageClock } from '../../../src-worker/stage-clock.ts';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { BENCH_CATALOG, type Heard, type OpenSystem } from './system.ts';

/**
 * Imagefleet's queue with its own run loop as it is by default, plain status keys included, and a handler that does
 * nothing. The loop begins with claims of 16 tasks; of such as take no time it soon claims 96.
 */
export const openOurs: OpenSystem = async (url, name) => {
  const settings = settingsSchema.parse({ queue: { name } });
  const producer = await openRedisQueue({ url, settings });
  return {
    async enqueue(tasks) {
      await producer.enqueue(tasks.map((task) => ({ ...task, catalogId: BENCH_CATALOG, importId: IMPORT })));
    },
    async consume(consumers, heard) {
      const workers = await Promise.all(
        Array.from({ length: consumers }, async (_, n) => {
          const queue = await openRedisQueue({ url, settings });
          return { queue, loop: benchLoop(queue, `worker-${n}`, settings, heard) };
        }),
      );
      const running: Promise<void>[] = [];
      return {
        start: () => void running.push(...workers.map(({ loop }) => loop.run())),
        async stop() {
          for (const { loop } of workers) loop.drain();
          await Promise.all(running);
          await Promise.all(workers.map(({ queue }) => queue.close()));
        },
      };
    },
    close: () => producer.close(),
  };
};

const IMPORT = '0b9a3a0e-6f1c-4c1e-8d4c-2b9c7f0a1d12';

function monotonic(): number {
  return performance.now();
}

/** The run loop of a worker, whose handler does nothing. */
export function benchLoop(queue: TaskQueue, workerId: string, settings: Settings, heard: Heard): RunLoop {
  return createRunLoop({
    workerId,
    queue: {
      ...queue,
      async settle(workerId, settlements) {
        const answers = await queue.settle(workerId, settlements);
        heard.settled(answers.filter(({ accepted }) => accepted).length);
        return answers;
      },
    },
    handlers: {
      index: {
        async run(job) {
          job.begin();
          heard.begun(job.task.id);
          return {};
        },
        close: () => undefined,
      },
    },
    settings,
    stages: createStageClock(monotonic),
    log: createLogger({ proc: 'bench', level: 'warn', format: 'json' }),
    now: monotonic,
  });
}
