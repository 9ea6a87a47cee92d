/** As pino numbers them. It is not loaded for this: a command that logs nothing should not wait for it. */
const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };

/** A line that was logged, as JSON would have it. */
export interface LogLine {
  /** Rises by one with each line of this process. */
  seq: number;
  level: number;
  /** Ms since the epoch. */
  at: number;
  message: string;
  /** All else that it says: proc, workerId, taskId, error … Secrets were taken out before. */
  fields: Record<string, unknown>;
}

/** The newest log lines of a process and its workers, for a page of the console and for support bundles. */
export interface LogRing {
  /** One line of pino's JSON. What is none is kept as a message. */
  add(line: string): void;
  /** Oldest first: at most `limit` lines that came after `since`, of `level` or worse. */
  lines(options?: { since?: number; limit?: number; level?: LogRingLevel }): LogLine[];
  /** Oldest first: at most `most` of those that came after `since`, and how many after it are not kept any more. */
  after(since: number, most: number): { lines: LogLine[]; missed: number };
  /** Calls `listener` after each line. Answers how to stop that. */
  onLine(listener: () => void): () => void;
  /** The `seq` of the newest line; 0 before the first. */
  readonly last: number;
}

export type LogRingLevel = keyof typeof LEVELS;

export function isAtLeast(line: Pick<LogLine, 'level'>, level: LogRingLevel): boolean {
  return line.level >= LEVELS[level];
}

const MOST_LINES = 2_000;
/** A line may hold an error's stack; one that is much longer is cut, so that the ring is a few MB at most. */
const MOST_CHARACTERS = 8_000;

export function createLogRing(size: number = MOST_LINES): LogRing {
  const kept: { seq: number; line: string }[] = [];
  const listeners = new Set<() => void>();
  let seq = 0;

  return {
    add(line) {
      kept.push({ seq: ++seq, line: line.trimEnd() });
      if (kept.length > size) kept.shift();
      for (const listener of listeners) listener();
    },
    after(since, most) {
      const first = seq - kept.length + 1;
      const from = Math.max(0, since + 1 - first);
      return { lines: kept.slice(from, from + most).map(read), missed: Math.max(0, first - 1 - since) };
    },
    onLine(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get last() {
      return seq;
    },
    lines({ since = 0, limit = size, level = 'trace' } = {}) {
      const from = kept.findIndex((entry) => entry.seq > since);
      if (from === -1) return [];
      return kept
        .slice(from)
        .map(read)
        .filter((line) => isAtLeast(line, level))
        .slice(-limit);
    },
  };
}

function read({ seq, line }: { seq: number; line: string }): LogLine {
  try {
    const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const about = line.length > MOST_CHARACTERS ? { cut: line.slice(0, MOST_CHARACTERS) } : fields;
    return { seq, level: Number(level), at: Number(time), message: String(msg ?? ''), fields: about };
  } catch {
    return { seq, level: LEVELS.warn, at: 0, message: line.slice(0, MOST_CHARACTERS), fields: {} };
  }
}
