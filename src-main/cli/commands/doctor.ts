import type { ListedCheck } from '../../documents.ts';
import type { Run } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../format.ts';
import type { Program } from '../global-options.ts';
import type { Paint } from '../io.ts';

const STYLES = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export function addDoctor(program: Program, run: Run): void {
  program
    .command('doctor')
    .description('Check this installation and data dir, and say what to do about what is wrong.')
    .addHelpText('after', '\nExample:\n  $ imagefleet doctor && imagefleet index ~/Pictures')
    .action(() =>
      run(async ({ operator, paint }) => {
        const checks = await (await operator()).doctor();
        const healthy = checks.every(({ status }) => status !== 'fail');
        return {
          json: { healthy, checks },
          text: formatChecks(checks, paint),
          exitCode: healthy ? EXIT.done : EXIT.failed,
        };
      }),
    );
}

function formatChecks(checks: readonly ListedCheck[], paint: Paint): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, status, message, todo }) => {
      const line = `${paint(STYLES[status], status.padEnd(4))}  ${name.padEnd(width)}  ${printable(message)}\n`;
      return todo === null ? line : `${line}${' '.repeat(width + 8)}${todo}\n`;
    })
    .join('');
}
