import { openToken, rotateToken } from '../../http/token.ts';
import type { Run } from '../cli.ts';
import type { Program } from '../global-options.ts';

export function addToken(program: Program, run: Run): void {
  program
    .command('token')
    .description('Print the token that lets programs into the server of this data dir.')
    .option('--read-only', 'the one for dashboards, which lets nobody change anything; made when first asked for')
    .option('--rotate', 'make another one; a running server takes it at once, and whoever came by the old one is out')
    .addHelpText(
      'after',
      `
Example:
  $ curl -H "Authorization: Bearer $(imagefleet token)" http://127.0.0.1:8000/queue/stats`,
    )
    .action(({ readOnly, rotate }) =>
      run(async ({ console, io }) => {
        const { value } = await (rotate ? rotateToken : openToken)(
          console.dataDir.root,
          io.env,
          readOnly ? 'read' : 'full',
        );
        return { json: { token: value }, text: `${value}\n` };
      }),
    );
}
