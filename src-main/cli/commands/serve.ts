import { resolve } from 'node:path';
import { findToken, openToken, type Tokens } from '../../http/token.ts';
import { watchTokens } from '../../http/token-watch.ts';
import { startHeadless } from '../../headless.ts';
import type { Headless } from '../../headless.ts';
import type { Cli, Run } from '../cli.ts';
import { collect, sharedFolderOption, wholeNumber, workerNumber, type Program } from '../global-options.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { openBrowser } from '../open-browser.ts';

export function addServe(program: Program, run: Run): void {
  program
    .command('serve')
    .description('Serve the HTTP API, with workers of its own, until Ctrl-C or SIGTERM.')
    .option('--host <address>', 'where to listen; only this machine can call the default', '127.0.0.1')
    .option('--port <number>', 'port; 0 takes a free one', wholeNumber(0, 65_535), 8_000)
    .option('--workers <count>', 'how many worker processes, or auto; 0 leaves the work to others', workerNumber)
    .option('--allow-root <folder>', 'let programs name pictures below this folder; may be repeated', collect)
    .option('--path-map <shared=here>', 'a folder that machines share lies here; may be repeated', sharedFolderOption)
    .option('--allowed-host <name>', 'a name that the server is called by; may be repeated', collect)
    .option('--no-auth', 'ask for no token; only where nobody else can call')
    .option('--open', 'open the console in the browser of this machine, signed in')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet serve --allow-root ~/Pictures
  $ imagefleet serve --host 0.0.0.0 --allowed-host pictures.example.com --workers 0
  $ curl -H "Authorization: Bearer $(imagefleet token)" http://127.0.0.1:8000/queue/stats`,
    )
    .action(({ host, port, workers, allowRoot, pathMap, allowedHost = [], auth, open }) =>
      run(
        async (cli) => {
          const { console, io } = cli;
          const interrupt = listenForInterrupt(io);
          const token = auth ? await openToken(console.dataDir.root, io.env) : null;
          const read = token && (await findToken(console.dataDir.root, io.env, 'read'));
          try {
            const server = await startHeadless(console, {
              host,
              port,
              allowedHosts: allowedHost,
              token: token?.value ?? null,
              readOnlyToken: read,
            });
            const watch = token && (await followTokens(cli, server, { full: token.value, read }));
            if (token?.isNew) io.stderr.write(`Token, also printed by "imagefleet token": ${token.value}\n`);
            io.stderr.write(`Listening on ${server.url}; Ctrl-C ends it.\n`);
            const link = atLoopback(server.signInUrl);
            io.stderr.write(auth ? `Console, by a link that works once: ${link}\n` : `Console: ${link}\n`);
            if (open) openBrowser(link, io.env);
            try {
              await Promise.race([interrupt.happened, server.failed]);
            } finally {
              watch?.stop();
              await server.stop();
            }
            return { json: { url: server.url }, text: `Stopped ${server.url}.\n` };
          } finally {
            interrupt.stop();
          }
        },
        {
          'fleet.workers': workers,
          'paths.allowRoots': allowRoot?.map((root) => resolve(root)),
          'paths.map': pathMap,
        },
        'serve',
      ),
    );
}

/** Takes tokens that `imagefleet token` puts into the data dir meanwhile. */
async function followTokens({ console, io }: Cli, server: Headless, known: Tokens) {
  const log = await console.log();
  return watchTokens(
    console.dataDir.root,
    io.env,
    known,
    (tokens) => {
      server.changeTokens(tokens);
      log.info('there is another token: sessions and streams of the old one are over');
    },
    (error) => log.error({ error }, 'the token’s file cannot be read; the old token holds'),
  );
}

/** All addresses is none that a browser can open. */
function atLoopback(url: string): string {
  return url.replace(/^http:\/\/(0\.0\.0\.0|\[::\])(?=[:/])/, 'http://127.0.0.1');
}
