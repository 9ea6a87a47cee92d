import type { LiveEvent } from '../../../src-core/contract/queue-events.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { Console } from '../../console.ts';
import { readHealth, readImports, readSnapshot, readWorkers, taskEvent } from './live-documents.ts';
import { createReader, type Reader } from './live-reader.ts';

/** That somebody is still there: proxies end what is silent. */
export interface Ping {
  event: 'ping';
}
export type Told = LiveEvent | Ping;

/** What happens, told to any number of readers from one look at queue and store. */
export interface LiveEvents {
  /**
   * From the event of this id on; without one, or where it is not known any more, from a snapshot on. A reader that is too
   * slow gets a snapshot instead of what it missed. Ends with `signal`. Throws QUEUE_UNAVAILABLE before the first event.
   */
  subscribe(lastEventId: string | null, signal?: AbortSignal): AsyncGenerator<Told>;
  /** Ends all. Idempotent. */
  close(): void;
}

export function isEvent(told: Told): told is LiveEvent {
  return told.event !== 'ping';
}

/** Between two looks at the queue's log; nobody looks while there is no reader. */
const LOOK_MS = 100;
/** Looks between two of workers and imports, of health, and pings. */
const STATES_EVERY = 10;
const HEALTH_EVERY = 50;
const PING_EVERY = 150;
/** Events that one look reads. */
const PAGE = 500;
/** A snapshot serves all who need one at about the same time. */
const SNAPSHOT_MS = 500;

export function createLiveEvents(console: Console): LiveEvents {
  const readers = new Set<Reader>();
  const closing = new AbortController();
  const told = new Map<string, string>();
  let known: ReadonlySet<string> = new Set();
  /** Of the queue's log; null while nobody reads. */
  let cursor: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looks = 0;
  let snapshot: { until: number; event: Promise<LiveEvent> } | null = null;

  function tell(event: Told): void {
    for (const reader of readers) reader.push(event);
  }

  async function readNow(): Promise<LiveEvent> {
    const queue = await console.queue();
    // First: what happens while it is read is told once more, not lost.
    const { cursor: last } = await queue.events(null);
    return { event: 'snapshot', id: String(last), data: await readSnapshot(console) };
  }

  function takeSnapshot(): Promise<LiveEvent> {
    const now = performance.now();
    if (!snapshot || snapshot.until <= now) {
      const event = readNow();
      snapshot = { until: now + SNAPSHOT_MS, event };
      event.catch(() => (snapshot = null));
    }
    return snapshot.event;
  }

  /** From now on nothing is overlooked. */
  async function start(): Promise<void> {
    const { cursor: last } = await (await console.queue()).events(null);
    cursor ??= last;
    // Before a reader's snapshot: who is in that and gone at the first look, is told.
    if (timer === null) known = idsOf(await readWorkers(console));
    timer ??= setTimeout(() => void run(), LOOK_MS);
  }

  async function lookAtLog(): Promise<void> {
    const queue = await console.queue();
    const page = await queue.events(cursor, PAGE);
    cursor = page.cursor;
    if (page.gap) for (const reader of readers) reader.fallBehind();
    for (const event of page.events) tell({ event: 'task', id: String(event.seq), data: taskEvent(event) });
  }

  /** Those that are not as they were told last. */
  function tellChanged<T>(name: (item: T) => string, items: readonly T[], eventOf: (item: T) => LiveEvent): void {
    for (const item of items) {
      const text = JSON.stringify(item);
      if (told.get(name(item)) === text) continue;
      told.set(name(item), text);
      tell(eventOf(item));
    }
  }

  /** Those that were there at the last look, and are not any more. */
  function tellGone(there: ReadonlySet<string>): void {
    for (const worker_id of known) {
      if (there.has(worker_id)) continue;
      told.delete(`worker ${worker_id}`);
      tell({ event: 'worker_gone', data: { worker_id } });
    }
    known = there;
  }

  async function lookAtStates(): Promise<void> {
    const [workers, imports] = await Promise.all([readWorkers(console), readImports(console)]);
    tellChanged(
      ({ worker_id }) => `worker ${worker_id}`,
      workers,
      (data) => ({ event: 'worker', data }),
    );
    tellGone(idsOf(workers));
    tellChanged(
      ({ import_id }) => `import ${import_id}`,
      imports,
      (data) => ({ event: 'import', data }),
    );
  }

  async function look(): Promise<void> {
    const at = looks++;
    if (at % PING_EVERY === PING_EVERY - 1) tell({ event: 'ping' });
    if (at % HEALTH_EVERY === 0) {
      tellChanged(
        () => 'health',
        [await readHealth(console)],
        (data) => ({ event: 'health', data }),
      );
    }
    await lookAtLog();
    if (at % STATES_EVERY === 0) await lookAtStates();
  }

  async function run(): Promise<void> {
    await look().catch(() => (looks = HEALTH_EVERY)); // a backend is away: health tells which, at the next look
    if (readers.size > 0 && !closing.signal.aborted) timer = setTimeout(() => void run(), LOOK_MS);
    else rest();
  }

  function rest(): void {
    timer = null;
    cursor = null;
    looks = 0;
    told.clear();
    known = new Set();
  }

  /** What was recorded after `since`; true as the last when it is not whole. */
  async function* missed(since: number): AsyncGenerator<LiveEvent | 'gap'> {
    const queue = await console.queue();
    const pages = pagesOf(async (from: string | undefined) => {
      const page = await queue.events(from === undefined ? since : Number(from), PAGE);
      return { items: [page], next: page.events.length > 0 && !page.gap ? String(page.cursor) : null };
    });
    for await (const [page] of pages) {
      if (page!.gap) yield 'gap';
      for (const event of page!.events) yield { event: 'task', id: String(event.seq), data: taskEvent(event) };
    }
  }

  return {
    async *subscribe(lastEventId, signal) {
      const reader = createReader(signal ? AbortSignal.any([signal, closing.signal]) : closing.signal);
      readers.add(reader);
      try {
        await start();
        let last = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : null;
        if (last === null) reader.fallBehind();
        else {
          for await (const event of missed(last)) {
            if (reader.ended()) return;
            if (event === 'gap') reader.fallBehind();
            else {
              last = Number((event as { id: string }).id);
              yield event;
            }
          }
        }
        for (;;) {
          const next = await reader.next();
          if (next === 'end') return;
          const event = next === 'behind' ? await takeSnapshot() : next;
          if ('id' in event) {
            if (event.event === 'task' && last !== null && Number(event.id) <= last) continue;
            last = Number(event.id);
          }
          yield event;
        }
      } finally {
        readers.delete(reader);
      }
    },
    close() {
      closing.abort();
      if (timer) clearTimeout(timer);
    },
  };
}

function idsOf(workers: readonly { worker_id: string }[]): ReadonlySet<string> {
  return new Set(workers.map(({ worker_id }) => worker_id));
}
