import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { AppError, fromWire, parseOrThrow } from '../../src-core/domain/app-error.ts';
import { pairsPage } from '../../src-core/domain/duplicates.ts';
import {
  findAnswer,
  fromFinder,
  thumbnailAnswer,
  type FinderRequest,
  type FromFinder,
  type ToFinder,
} from '../../src-core/domain/finder-messages.ts';
import { providerFigure } from '../../src-core/domain/provider.ts';
import { reEmbedAnswer } from '../../src-core/domain/re-embedding.ts';
import { PROTOCOL_VERSION } from '../../src-core/domain/worker-status.ts';
import type { Finder } from '../../src-core/ports/finder.ts';
import type { Settings } from '../../src-core/settings/schema.ts';
import { workerEnvironment } from '../../src-core/settings/worker-environment.ts';
import { forwardLine, type Logger } from '../../src-core/telemetry/log.ts';
import type { Exit, HostedProcess, ProcessHost } from './process-host.ts';

export interface FinderClientOptions {
  host: ProcessHost;
  /** The finder's script. */
  entry: string;
  settings: Settings;
  dataDir: string;
  log: Logger;
  /** Added to its environment. */
  env?: Record<string, string>;
  /** How long one request may take, the start of the process included. */
  requestMs?: number;
}

/** A request without what the client adds. */
type Question = FinderRequest extends infer R
  ? R extends FinderRequest
    ? Pick<R, 'method' | 'params'>
    : never
  : never;

interface Pending {
  message: FinderRequest;
  /** To the process that runs now; infinite before. */
  sentAt: number;
  /** It was in the hands of a finder that died, and is asked once more. */
  repeated: boolean;
  resolve: (result: unknown) => void;
  reject: (error: AppError) => void;
}

/**
 * The finder process, started with the first request and again when it has died. A request that was under way then is
 * asked once more; if that kills the finder too it is answered by WORKER_LOST (retryable), as is one that takes longer
 * than `requestMs`. After `close` every request is CANCELLED.
 */
export function createFinderClient(options: FinderClientOptions): Finder {
  const { host, entry, settings, dataDir, requestMs = 60_000 } = options;
  const env = { ...workerEnvironment(settings, availableParallelism(), 1), ...options.env };
  const log = options.log.child({ peer: 'finder' });
  const pending = new Map<number, Pending>();
  let finder: { child: HostedProcess; ready: boolean; heardAt: number } | null = null;
  let lastId = 0;
  let closing: Promise<void> | undefined;

  function start(): void {
    const child = host.spawn({
      entry,
      env,
      onMessage: (value) => {
        const parsed = fromFinder.safeParse(value);
        if (parsed.success) onMessage(parsed.data);
        else log.error({ error: parsed.error }, 'the finder sent a message that this version does not know');
      },
      onOutput: (line, stream) => log.warn({ stream }, line),
    });
    finder = { child, ready: false, heardAt: performance.now() };
    const workerId = `finder-${child.pid}`;
    send({ type: 'start', protocol: PROTOCOL_VERSION, workerId, settings, dataDir });
    void child.exited.then(onExit);
  }

  const send = (message: ToFinder): void => finder?.child.send(message);

  function handOver(request: Pending): void {
    request.sentAt = performance.now();
    send(request.message);
  }

  function onMessage(message: FromFinder): void {
    if (!finder) return;
    finder.heardAt = performance.now();
    switch (message.type) {
      case 'ready':
        if (message.protocol !== PROTOCOL_VERSION) return refuse(message.protocol);
        finder.ready = true;
        for (const request of pending.values()) handOver(request);
        return;
      case 'answer':
        if (message.ok) pending.get(message.id)?.resolve(message.result);
        else pending.get(message.id)?.reject(fromWire(message.error));
        return;
      case 'fatal':
        log.error({ error: message.error }, 'the finder cannot go on');
        return rejectAll(fromWire(message.error));
      case 'log':
        return forwardLine(log, message.line);
      case 'recycle': // it drains by itself; the next request starts another
      case 'heartbeat':
        return;
    }
  }

  function refuse(protocol: number): void {
    const message = `the finder speaks protocol ${protocol}, this host ${PROTOCOL_VERSION}`;
    rejectAll(new AppError('PROTOCOL_MISMATCH', message));
    finder?.child.kill('SIGKILL');
  }

  function rejectAll(error: AppError): void {
    for (const request of pending.values()) request.reject(error);
  }

  function onExit(exit: Exit): void {
    finder = null;
    if (closing) return;
    log.warn(exit, 'the finder has ended');
    const how = exit.signal ?? `exit code ${exit.code}`;
    for (const request of pending.values()) {
      if (request.repeated) request.reject(new AppError('WORKER_LOST', `the finder ended twice over it (${how})`));
      request.repeated = true;
      request.sentAt = Infinity;
    }
    if (pending.size > 0) start();
  }

  async function ask<T extends z.ZodType>(question: Question, answer: T): Promise<z.output<T>> {
    if (closing) throw new AppError('CANCELLED', 'the finder is closed');
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const request: Pending = {
      message: { type: 'request', id, ...question },
      sentAt: Infinity,
      repeated: false,
      resolve: settleWith(resolve),
      reject: settleWith(reject),
    };
    const timer = setTimeout(() => {
      request.reject(new AppError('WORKER_LOST', `the finder did not answer within ${requestMs} ms`));
      // Native code cannot be interrupted. One that answers others meanwhile is only slow.
      if (finder && finder.heardAt <= request.sentAt) finder.child.kill('SIGKILL');
    }, requestMs);
    function settleWith<V>(settle: (value: V) => void): (value: V) => void {
      return (value) => {
        pending.delete(id);
        clearTimeout(timer);
        settle(value);
      };
    }
    pending.set(id, request);
    if (!finder) start();
    else if (finder.ready) handOver(request);
    return parseOrThrow(answer, await promise, `the finder's answer to ${question.method}`, 'INTERNAL');
  }

  async function end(): Promise<void> {
    rejectAll(new AppError('CANCELLED', 'the finder is closed'));
    if (!finder) return;
    const { child } = finder;
    send({ type: 'drain' });
    const timer = setTimeout(() => child.kill('SIGKILL'), settings.fleet.drainMs);
    await child.exited;
    clearTimeout(timer);
  }

  return {
    find: (params) => ask({ method: 'find', params }, findAnswer),
    similarPairs: (params) => ask({ method: 'similarPairs', params }, pairsPage),
    reEmbed: (catalogId, limit) => ask({ method: 'reEmbed', params: { catalogId, limit } }, reEmbedAnswer),
    measureProviders: () => ask({ method: 'measureProviders', params: {} }, z.array(providerFigure)),
    thumbnail: (path, edge) => ask({ method: 'thumbnail', params: { path, edge } }, thumbnailAnswer),
    close: () => (closing ??= end()),
  };
}
