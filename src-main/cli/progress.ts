import { painter } from './io.ts';
import type { Cli } from './cli.ts';
import { formatProgress, formatProgressBar, type Progress } from './progress-line.ts';

export interface ProgressView {
  /** Takes the line away, so that what is printed next begins on a clean one. Idempotent. */
  stop(): Promise<void>;
}

const TERMINAL_MS = 250;
const PLAIN_MS = 5_000;

/**
 * Shows on stderr how far `read` says the work is: a line that renews itself in a terminal, else a plain line every few
 * seconds. Log lines are put above it. `onError` gets what `read` throws, and nothing more is shown then.
 */
export async function showProgress(
  cli: Cli,
  read: () => Promise<Progress>,
  onError: (error: unknown) => void,
): Promise<ProgressView> {
  const { stderr } = cli.io;
  // A terminal that tells no size (some of CI systems) cannot be drawn on.
  const line = stderr.isTTY && stderr.columns && stderr.rows ? await terminalLine(cli) : null;
  const everyMs = line ? TERMINAL_MS : PLAIN_MS;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let showing: Promise<void> = Promise.resolve();

  async function show(): Promise<void> {
    try {
      const progress = await read();
      if (stopped) return;
      if (line) line.show(progress);
      else stderr.write(`${formatProgress(progress)}\n`);
      schedule();
    } catch (error) {
      if (!stopped) onError(error);
    }
  }

  function schedule(): void {
    timer = setTimeout(() => {
      showing = show();
    }, everyMs);
  }

  schedule();
  return {
    async stop() {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      await showing;
      line?.end();
    },
  };
}

/**
 * log-update is loaded only where there is a terminal: it costs as much start-up time as zod. The cursor is not hidden,
 * so that no way of dying can leave it so.
 */
async function terminalLine({ io: { stderr }, color, divertLog }: Cli) {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stderr as NodeJS.WriteStream, { showCursor: true });
  const paint = painter(stderr, color);
  divertLog((text) => update.persist(text.trimEnd()));
  return {
    show: (progress: Progress) => update(formatProgressBar(progress, stderr.columns ?? 80, paint)),
    end() {
      divertLog(null);
      update.clear();
      update.done();
    },
  };
}
