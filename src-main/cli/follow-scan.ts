import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errorCode } from '../../src-core/domain/app-error.ts';
import type { DuplicateDesk, ScanDocument } from '../client/duplicate-desk.ts';
import type { Cli } from './cli.ts';
import { formatCount, formatSeconds } from './format.ts';
import { listenForInterrupt } from './interrupt.ts';

const POLL_MS = 250;
/** Where no terminal shows a line that renews itself. */
const TELL_MS = 10_000;

/** Looks through a catalog to the end, with progress on stderr. Ctrl-C cancels it: CANCELLED. */
export async function runScan(cli: Cli, desk: DuplicateDesk, catalog: string): Promise<void> {
  const interrupt = listenForInterrupt(cli.io);
  const progress = createProgress(cli);
  try {
    let scan = await desk.start(catalog);
    const began = performance.now();
    while (scan.state === 'running') {
      await sleep(POLL_MS, undefined, { signal: interrupt.signal }).catch(() => {}); // aborted
      if (interrupt.signal.aborted) await desk.cancel(scan.scan_id);
      scan = await desk.scan(scan.scan_id);
      progress.show(scan, performance.now() - began);
    }
    if (scan.state === 'completed') return;
    const code = errorCode.safeParse(scan.error?.code).data ?? 'CANCELLED';
    throw new AppError(code, scan.error?.message ?? 'the search for duplicates was cancelled');
  } finally {
    progress.end();
    interrupt.stop();
  }
}

function createProgress({ io: { stderr }, json }: Cli) {
  let toldAt = performance.now();
  let isShown = false;
  return {
    show(scan: ScanDocument, tookMs: number): void {
      const line = formatScan(scan, tookMs);
      if (stderr.isTTY && !json) {
        stderr.write(`\r\u001b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
        isShown = true;
      } else if (performance.now() - toldAt > TELL_MS) {
        stderr.write(`${line}\n`);
        toldAt = performance.now();
      }
    },
    end(): void {
      if (isShown) stderr.write('\r\u001b[2K');
    },
  };
}

/** "looking for duplicates: 12,000 of 100,000 pictures (23 %), 310 pairs, 1 min 05 s left". */
function formatScan({ compared, pictures, share, pairs }: ScanDocument, tookMs: number): string {
  const left = share > 0 && share < 1 ? `, ${formatSeconds((tookMs / share) * (1 - share))} left` : '';
  const done = `${formatCount(compared)} of ${formatCount(pictures)} pictures (${Math.floor(100 * share)} %)`;
  return `looking for duplicates: ${done}, ${formatCount(pairs)} pairs${left}`;
}
