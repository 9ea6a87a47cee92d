import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '../../../src-core/domain/app-error.ts';
import type { Cli, Run } from '../cli.ts';
import { wholeNumber, type Program } from '../global-options.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { createReader } from '../monitor/reading.ts';
import { mayPass, openView } from '../monitor/views.ts';

const MOST_SECONDS = 86_400;

export function addMonitor(program: Program, run: Run): void {
  program
    .command('monitor')
    .description('Watch queue and workers: depth by state, rate, workers, last failures. Until Ctrl-C.')
    .option('--for <seconds>', 'end by itself after so long', wholeNumber(0, 100 * MOST_SECONDS))
    .option(
      '--every <seconds>',
      'look so often (else every second; where there is no terminal, every 5)',
      wholeNumber(1, MOST_SECONDS),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet monitor
  $ imagefleet monitor --for 60 --every 10 >> fleet.log    a line at a time
  $ imagefleet monitor --json | jq -c .queue.counts`,
    )
    .action(({ for: seconds = Infinity, every }) => run((cli) => monitor(cli, seconds * 1_000, every)));
}

async function monitor(cli: Cli, forMs: number, every: number | undefined) {
  const read = createReader(await cli.operator());
  const interrupt = listenForInterrupt(cli.io);
  const { signal } = interrupt;
  const until = performance.now() + forMs;
  try {
    // What is away at the start is more likely a wrong address than an outage.
    let reading = await read();
    const view = await openView(cli);
    const everyMs = every === undefined ? view.everyMs : every * 1_000;
    try {
      await view.show(reading);
      for (let left = forMs; left > 0; left = until - performance.now()) {
        await sleep(Math.min(everyMs, left), undefined, { signal }).catch(() => {}); // aborted
        if (signal.aborted) break;
        try {
          reading = await read();
          await view.show(reading);
        } catch (thrown) {
          const error = toAppError(thrown);
          if (!mayPass(error)) throw error;
          await view.showTrouble(error);
        }
      }
    } finally {
      view.end();
    }
  } finally {
    interrupt.stop();
  }
  return { json: undefined, text: '' };
}
