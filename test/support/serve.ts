import { expect, onTestFinished, vi } from 'vitest';
import { startCli, type CliProcess } from './cli.ts';
import { membersOf } from './proc.ts';

/** Processes on a busy machine: a failure of the program shows much earlier. */
export const WAIT = { timeout: 60_000, interval: 20 };

/** The real program in a process group of its own; none of it may outlive the test. */
export function startProgram(dataDir: string, ...args: string[]): CliProcess {
  const cli = startCli(dataDir, args, { detached: true });
  onTestFinished(() => {
    const left = membersOf(cli.child.pid!);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect({ args, left }).toEqual({ args, left: [] });
  });
  return cli;
}

/** Resolves with what `pattern` finds in the program's stderr. Rejects where the program ends before. */
export async function said({ output, ended }: CliProcess, pattern: RegExp): Promise<string> {
  const ending = ended.then(({ stderr }) => {
    throw new Error(`it ended: ${stderr}`);
  });
  const found = vi.waitFor(() => {
    const [, text] = pattern.exec(output().stderr) ?? [];
    expect(text).toBeDefined();
    return text!;
  }, WAIT);
  return Promise.race([found, ending]);
}

/** `imagefleet serve` on a free port of this machine, and its token. */
export async function startServe(dataDir: string, ...args: string[]) {
  const server = startProgram(dataDir, 'serve', '--port', '0', ...args);
  const url = await said(server, /Listening on (http:\S+);/);
  const { stdout } = await startCli(dataDir, ['token']).ended;
  const token = stdout.trim();
  const headers = { authorization: `Bearer ${token}` };
  return {
    server,
    url,
    token,
    get: (path: string) => fetch(url + path, { headers }),
    post: (path: string, body: object) =>
      fetch(url + path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async stop() {
      server.child.kill('SIGTERM');
      expect((await server.ended).code).toBe(0);
    },
  };
}
