import { isWanted, type Sendable } from './files-of.ts';

/** Files on their way at a time: enough for a slow line, few enough for the server. */
const AT_ONCE = 4;
/** However fast files go, the page changes at most so often. */
const TELL_MS = 200;

/** How far an upload is. */
export interface UploadProgress {
  name: string;
  phase: 'sending' | 'importing' | 'stopped';
  /** Files that are there, and their bytes. */
  sent: number;
  bytes: number;
  /** Files that are no pictures. */
  skipped: number;
  /** All files; null while they are being counted. */
  total: number | null;
  /** ms since the epoch. */
  startedAt: number;
  /** Why it has stopped. */
  error: unknown;
}

export interface UploadRequest {
  name: string;
  files: AsyncIterator<Sendable>;
  count(signal: AbortSignal): Promise<number>;
  /** Begins the set, answers its id. */
  begin(): Promise<string>;
  send(uploadId: string, path: string, file: File, signal: AbortSignal, isBegun: boolean): Promise<void>;
  /** What becomes of the set when it is whole. */
  finish(uploadId: string): Promise<void>;
  discard(uploadId: string): Promise<void>;
}

/** One upload at a time; it goes on while other pages are shown. */
export function createUploader() {
  let progress: UploadProgress | null = null;
  let request: UploadRequest | null = null;
  let uploadId: string | null = null;
  let running = new AbortController();
  let interrupted: Sendable[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What is counted between two tellings. */
  let counted: UploadProgress | null = null;
  const listeners = new Set<() => void>();

  function tellNow(): void {
    clearTimeout(timer);
    timer = undefined;
    progress = counted;
    for (const listener of listeners) listener();
  }

  function change(part: Partial<UploadProgress>): void {
    if (!counted) return;
    counted = { ...counted, ...part };
    timer ??= setTimeout(tellNow, TELL_MS);
  }

  /** The files that an interruption has left come first: some of their bytes may be there. */
  async function next(): Promise<{ file: Sendable; isBegun: boolean } | null> {
    const left = interrupted.pop();
    if (left) return { file: left, isBegun: true };
    const { value, done } = await request!.files.next();
    return done === true ? null : { file: value, isBegun: false };
  }

  async function sendOne({ path, open }: Sendable, isBegun: boolean): Promise<void> {
    const file = await open();
    if (!isWanted(file)) return change({ skipped: counted!.skipped + 1 });
    await request!.send(uploadId!, path, file, running.signal, isBegun);
    change({ sent: counted!.sent + 1, bytes: counted!.bytes + file.size });
  }

  async function sendSome(): Promise<void> {
    for (let one = await next(); one !== null; one = await next()) {
      try {
        running.signal.throwIfAborted();
        await sendOne(one.file, one.isBegun);
      } catch (error) {
        interrupted.push(one.file);
        running.abort(error);
        throw error;
      }
    }
  }

  async function run(): Promise<void> {
    running = new AbortController();
    change({ phase: 'sending', error: null });
    tellNow();
    const { signal } = running;
    try {
      uploadId ??= await request!.begin();
      if (counted?.total === null) void count(signal);
      const lines = Array.from({ length: AT_ONCE }, sendSome);
      await Promise.allSettled(lines);
      signal.throwIfAborted();
      change({ phase: 'importing' });
      tellNow();
      await request!.finish(uploadId);
      counted = null;
    } catch (error) {
      change({ phase: 'stopped', error: signal.aborted ? signal.reason : error });
    }
    tellNow();
  }

  async function count(signal: AbortSignal): Promise<void> {
    // Without it there is no bar, and nothing is lost.
    const total = await request!.count(signal).catch(() => null);
    if (total !== null) change({ total });
  }

  return {
    get: () => progress,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start(next: UploadRequest): void {
      request = next;
      uploadId = null;
      interrupted = [];
      counted = {
        name: next.name,
        phase: 'sending',
        sent: 0,
        bytes: 0,
        skipped: 0,
        total: null,
        startedAt: Date.now(),
        error: null,
      };
      void run();
    },
    /** Goes on where it has stopped. */
    goOn: () => void run(),
    /** Stops it and lets the server forget what is there. */
    async cancel(): Promise<void> {
      const discarded = uploadId;
      running.abort(new DOMException('cancelled', 'AbortError'));
      if (discarded !== null) await request?.discard(discarded);
      counted = null;
      tellNow();
    },
  };
}
