import { CommanderError } from 'commander';
import { ERRORS, toAppError } from '../../src-core/domain/app-error.ts';
import { openCli, type Run } from './cli.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { printable } from './format.ts';
import type { Io, Output } from './io.ts';
import { createProgram } from './program.ts';

interface Complaint {
  code: string;
  message: string;
  todo: string;
  details?: Record<string, unknown> | undefined;
}

/** Runs one command line (without `node` and the script). Answers the exit code; never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  const json = argv.includes('--json');
  let exitCode: ExitCode = EXIT.done;
  let readerGone = false;
  const broken = new Promise<never>((_resolve, reject) => {
    io.stdout.on('error', (error: NodeJS.ErrnoException) => {
      readerGone ||= error.code === 'EPIPE';
      reject(error);
    });
  });
  broken.catch(() => {}); // nobody may be waiting when it breaks

  const run: Run = async (handler, flags = {}, proc) => {
    const cli = await openCli(program.opts(), flags, io, proc);
    try {
      const outcome = await Promise.race([handler(cli), broken]);
      if (!json) await written(io.stdout, outcome.text);
      else if (outcome.json !== undefined) await written(io.stdout, `${JSON.stringify(outcome.json)}\n`);
      exitCode = outcome.exitCode ?? EXIT.done;
    } finally {
      await cli.close();
    }
  };
  const program = createProgram(run, io);
  let used = program.name();
  program.hook('preSubcommand', (_program, command) => {
    used = `${program.name()} ${command.name()}`;
  });

  function complain({ code, message, todo, details = {} }: Complaint): void {
    if (json) io.stdout.write(`${JSON.stringify({ error: { code, message, todo, details } })}\n`);
    else io.stderr.write(`imagefleet: ${printable(message)}\n  ${todo}\n`);
  }

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done; // --help, --version
      if (error.code !== 'commander.help') {
        const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
        complain({ code: 'INVALID_INPUT', message, todo: `See ${used} --help.` });
      }
      return EXIT.usage;
    }
    // `imagefleet imports ID --csv | head`: who read has enough. Nothing that was wanted is lost, so it is not an error.
    if (readerGone && codeOf(error) === 'EPIPE') {
      io.exit(EXIT.done); // a watch, say, would go on with nobody to tell
      return EXIT.done;
    }
    const { code, message, details, stack } = toAppError(error, codeOf(error) === 'ENOSPC' ? 'DISK_FULL' : 'INTERNAL');
    complain({ code, message, todo: ERRORS[code].todo, details });
    if (code === 'INTERNAL') io.stderr.write(`${stack}\n`);
    return exitCodeOf(error);
  }
}

/** `> file` on a full disk, say, is only told to who waits for it. */
async function written(output: Output, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    output.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
