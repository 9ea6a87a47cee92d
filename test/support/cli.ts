import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import type { Io } from '../../src-main/cli/io.ts';
import { runCli } from '../../src-main/cli/run-cli.ts';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command line in this process, on a data dir, with an environment of its own. */
export async function cliInProcess(dataDir: string, ...args: string[]): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: collector((text) => (stdout += text)),
    stderr: collector((text) => (stderr += text)),
    env: { IMAGEFLEET_DATA_DIR: dataDir },
    onInterrupt: () => () => {},
    exit: (code) => {
      throw new Error(`the command line asked to exit with ${code}`);
    },
  };
  const code = await runCli(args, io);
  return { code, stdout, stderr };
}

function collector(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      take(String(chunk));
      done();
    },
  });
}

export interface CliProcess {
  child: ChildProcess;
  /** What it printed so far. */
  output(): { stdout: string; stderr: string };
  ended: Promise<CliResult>;
}

const MAIN = resolve(import.meta.dirname, '../../out/main/cli.js');

/** Starts the built program, which `npm test` builds first: from the sources each process would be twice as long in starting. The caller sees to its end. `detached`: in a process group of its own; `user`: as this one. */
export function startCli(
  dataDir: string,
  args: readonly string[],
  options: { detached?: boolean; user?: number } = {},
): CliProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, IMAGEFLEET_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.detached ?? false,
    ...(options.user !== undefined && { uid: options.user, gid: options.user }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, output: () => ({ stdout, stderr }), ended };
}
