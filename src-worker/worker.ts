import { PROTOCOL_VERSION } from '../src-core/domain/worker-status.ts';
import { machineIdOf } from '../src-core/settings/data-dir.ts';
import { openEmbedder, openPictures, openQueue, openStore } from '../src-core/open-backends.ts';
import { openTracer } from '../src-core/telemetry/tracing.ts';
import type { HandlerTools } from './handler.ts';
import { HANDLERS } from './handlers/registry.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type Hosted, runHostedProcess } from './hosted-process.ts';
import { createRunLoop } from './run-loop.ts';
import { createStageClock } from './stage-clock.ts';
import { createTaskTraces } from './task-traces.ts';
import { withTestHooks } from './test-hooks.ts';

/** libuv's default, where the host has not set another. */
const DEFAULT_THREADS = 4;

const now = (): number => performance.now();

async function work({ workerId, settings, dataDir, log, stop, send }: Hosted): Promise<{ stuck: boolean }> {
  const store = await openStore(settings, dataDir, async () => log);
  const queue = await openQueue(settings, dataDir, { store: async () => store, log: async () => log });
  const embedder = await openEmbedder(settings, dataDir);
  const pictures = withTestHooks(await openPictures(settings, embedder.model));
  await queue.attach({ protocol: PROTOCOL_VERSION, store: store.fingerprint, model: embedder.model.id });

  let recycling = false;
  let stuck = false;
  function recycle(reason: string): void {
    if (recycling || stop.aborted) return;
    recycling = true;
    log.warn({ reason }, 'asking to be replaced');
    send({ type: 'recycle', reason });
    loop.drain();
  }

  const stages = createStageClock(now);
  const tools: HandlerTools = {
    settings,
    store,
    embedder,
    pictures,
    machine: await machineIdOf(dataDir),
    stages,
    now,
    threads: Number(process.env.UV_THREADPOOL_SIZE ?? DEFAULT_THREADS),
    onHang(error) {
      stuck = true;
      recycle(error.message);
    },
  };
  const handlers = Object.fromEntries(Object.entries(HANDLERS).map(([kind, create]) => [kind, create(tools)]));
  const tracer = await openTracer(settings, { proc: 'worker', id: workerId, log });
  const traces = tracer && createTaskTraces(tracer, settings.queue.name, workerId);
  const loop = createRunLoop({ workerId, queue, handlers, settings, stages, log, now, ...(traces && { traces }) });
  const heartbeat = createHeartbeat({
    workerId,
    everyMs: settings.fleet.heartbeatMs,
    tags: settings.fleet.tags,
    queue,
    loop,
    stages,
    log,
    now,
    onBeat(status) {
      send({ type: 'heartbeat', status });
      const { maxRssBytes } = settings.fleet;
      if (status.rssBytes > maxRssBytes)
        recycle(`uses ${status.rssBytes} bytes of memory; the limit is ${maxRssBytes}`);
    },
  });

  stop.addEventListener('abort', () => loop.drain());
  if (stop.aborted) loop.drain();
  send({ type: 'ready', protocol: PROTOCOL_VERSION });
  await heartbeat.start();
  try {
    await loop.run();
  } finally {
    await heartbeat.stop();
    for (const handler of Object.values(handlers)) handler.close();
    await Promise.all([queue.close(), store.close(), tracer?.close()]);
    if (!stuck) await Promise.all([pictures.close(), embedder.close()]);
  }
  return { stuck };
}

runHostedProcess({ proc: 'worker', entry: import.meta.url, main: work });
