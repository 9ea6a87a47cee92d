import type { Connection } from './connection.ts';

/** Between two tries, in ms; doubled after each, with jitter, so that all consoles of a server do not come back at once. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** A stream that is silent for so long is doubted, and the server asked whether it is there. */
const SILENCE_MS = 20_000;

/** An event of any stream; those with an id can be gone on from. */
interface AnyEvent {
  event: string;
  id?: string;
}

export interface StreamParts<Event extends AnyEvent> {
  /** Opens the stream from this event on; null: from a snapshot on. */
  open(lastEventId: string | null, signal: AbortSignal): Promise<AsyncIterable<Event>>;
  /** Rejects where the server is away. */
  probe(signal: AbortSignal): Promise<unknown>;
  onEvent(event: Event): void;
  connection: Connection;
}

/** Keeps one stream of events open for ever, until `signal` aborts. Never rejects. */
export async function followEvents<Event extends AnyEvent>(
  { open, probe, onEvent, connection }: StreamParts<Event>,
  signal: AbortSignal,
): Promise<void> {
  let lastEventId: string | null = null;
  let waitMs = FIRST_WAIT_MS;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const either = AbortSignal.any([signal, attempt.signal]);
    let error: unknown = null;
    try {
      const events = await open(lastEventId, either);
      // The head of the answer is sent with the first event, so the server is there.
      connection.set({ kind: 'connected' });
      waitMs = FIRST_WAIT_MS;
      for await (const event of doubted(events, () => probe(either))) {
        if (event.id !== undefined) lastEventId = event.id;
        onEvent(event);
      }
    } catch (thrown) {
      error = thrown;
    }
    attempt.abort();
    if (signal.aborted) return;
    const before = connection.get();
    const since = before.kind === 'reconnecting' ? before.since : Date.now();
    connection.set({ kind: 'reconnecting', since, error });
    await pause(waitMs * (0.75 + Math.random() / 2), connection, signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}

/** The same events; while there are none for long, `probe` must answer. */
async function* doubted<Event>(events: AsyncIterable<Event>, probe: () => Promise<unknown>): AsyncGenerator<Event> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  for (;;) {
    const silence = timer(SILENCE_MS);
    const result = await Promise.race([next, silence.over]);
    silence.clear();
    if (result === 'over') {
      await probe();
      continue;
    }
    if (result.done) return;
    yield result.value;
    next = iterator.next();
  }
}

function timer(ms: number): { over: Promise<'over'>; clear(): void } {
  const { promise, resolve } = Promise.withResolvers<'over'>();
  const handle = setTimeout(() => resolve('over'), ms);
  return { over: promise, clear: () => clearTimeout(handle) };
}

/** Ends early when somebody asks for it, the machine is on a network again, or the stream is not wanted any more. */
async function pause(ms: number, connection: Connection, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const handle = setTimeout(resolve, ms);
  const wake = (): void => resolve();
  const stop = connection.onRetryNow(wake);
  window.addEventListener('online', wake);
  signal.addEventListener('abort', wake);
  await promise;
  clearTimeout(handle);
  stop();
  window.removeEventListener('online', wake);
  signal.removeEventListener('abort', wake);
}
