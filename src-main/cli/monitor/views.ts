import { isBackendTrouble, type AppError } from '../../../src-core/domain/app-error.ts';
import { errorDocument, taskDocument } from '../../documents.ts';
import type { Cli } from '../cli.ts';
import { statsDocument } from '../commands/stats.ts';
import { workerDocument } from '../commands/workers.ts';
import { printable } from '../format.ts';
import { put } from '../streams.ts';
import { formatFailure, formatFrame, formatLine } from './frame.ts';
import type { Reading } from './reading.ts';

/** Where readings are shown. */
export interface MonitorView {
  show(reading: Reading): Promise<void>;
  /** A backend is away. It may come back, so the monitor goes on. */
  showTrouble(error: AppError): Promise<void>;
  /** Leaves the last reading where it is. */
  end(): void;
}

/** A screen that renews itself, or lines where there is none. */
export async function openView(cli: Cli): Promise<MonitorView & { everyMs: number }> {
  const { stdout } = cli.io;
  if (cli.json) return { ...jsonView(cli), everyMs: 5_000 };
  // A terminal that tells no size (some of CI systems) cannot be drawn on.
  if (stdout.isTTY && stdout.columns && stdout.rows) return { ...(await terminalView(cli)), everyMs: 1_000 };
  return { ...plainView(cli), everyMs: 5_000 };
}

/** One JSON document a line. */
function jsonView({ io }: Cli): MonitorView {
  const line = (document: object) => put(io.stdout, `${JSON.stringify(document)}\n`);
  return {
    show: ({ at, stats, workers, rate, limit, failures }) =>
      line({
        at: new Date(at).toISOString(),
        queue: statsDocument(stats),
        rate,
        limit,
        workers: workers.map(workerDocument),
        last_failures: failures.map(taskDocument),
      }),
    showTrouble: (error) => line({ at: new Date().toISOString(), error: errorDocument(error) }),
    end() {},
  };
}

function plainView({ io }: Cli): MonitorView {
  /** Each failure is told once. A task that is retried and fails again is another one. */
  let told = new Set<string>();
  return {
    async show(reading) {
      const failures = new Map(reading.failures.map((task) => [`${task.id} ${task.finishedAt}`, task]));
      const fresh = [...failures].filter(([key]) => !told.has(key)).map(([, task]) => task);
      told = new Set(failures.keys());
      await put(io.stdout, formatLine(reading) + fresh.map((task) => `  failed  ${formatFailure(task)}\n`).join(''));
    },
    showTrouble: (error) => put(io.stdout, `${new Date().toISOString()}  ${troubleText(error)}\n`),
    end() {},
  };
}

/** The cursor is not hidden, so that no way of dying can leave it so. */
async function terminalView({ io: { stdout }, paint, divertLog }: Cli): Promise<MonitorView> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stdout as NodeJS.WriteStream, { showCursor: true });
  let last: Reading | null = null;
  const draw = (reading: Reading | null, trouble: string | null): void => {
    // One line less and one column less, so that no terminal scrolls or wraps.
    const size = { columns: (stdout.columns ?? 80) - 1, rows: (stdout.rows ?? 24) - (trouble === null ? 1 : 2) };
    const frame = reading ? formatFrame(reading, size, paint) : '';
    update([...(trouble === null ? [] : [paint('red', trouble.slice(0, size.columns))]), frame].join('\n'));
  };
  divertLog((text) => update.persist(text.trimEnd()));
  return {
    async show(reading) {
      last = reading;
      draw(reading, null);
    },
    async showTrouble(error) {
      draw(last, troubleText(error));
    },
    end() {
      divertLog(null);
      update.done();
    },
  };
}

function troubleText({ code, message }: AppError): string {
  return printable(`${code}: ${message}`);
}

/** Of a reading that failed: whether the next one may succeed. */
export function mayPass(error: AppError): boolean {
  return isBackendTrouble(error) || error.retryable;
}
