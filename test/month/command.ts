import { expect, onTestFinished, vi } from 'vitest';
import { startCli, type CliProcess, type CliResult } from '../support/cli.ts';
import { membersOf } from '../support/proc.ts';

const WAIT = { timeout: 120_000, interval: 5 };

/** Leases of killed workers run out soon; their successors are told of a death by nobody. */
const SETTINGS = ['--set', 'queue.leaseMs=1500', '--set', 'imports.batch=100', '--json'];

/** The real command line with real workers, in a process group of its own. None of it may outlive the test. */
export function start(dataDir: string, args: readonly string[]): CliProcess {
  const cli = startCli(dataDir, [...args, ...SETTINGS], { detached: true });
  onTestFinished(() => killGroup(cli));
  return cli;
}

/** SIGKILL for the whole group, workers included, as a power button does it. */
export async function killGroup({ child }: CliProcess): Promise<void> {
  for (const pid of membersOf(child.pid!)) process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(membersOf(child.pid!)).toEqual([]), WAIT);
}

export async function hasEnded(cli: CliProcess): Promise<boolean> {
  return Promise.race([
    cli.ended.then(() => true),
    new Promise<false>((resolve) => setImmediate(() => resolve(false))),
  ]);
}

/** Polls until it is so, or the command has ended. Answers whether it still runs. */
export async function runsUntil(cli: CliProcess, isSo: () => Promise<boolean>): Promise<boolean> {
  let runs = true;
  await vi.waitFor(async () => {
    runs = !(await hasEnded(cli));
    if (runs) expect(await isSo()).toBe(true);
  }, WAIT);
  return runs;
}

/** Its document, which must be of a success. */
export async function documentOf(cli: CliProcess): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await cli.ended;
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** What a command that must fail says. */
export async function refusalOf(cli: CliProcess): Promise<CliResult & { error: { code: string; details?: unknown } }> {
  const result = await cli.ended;
  expect(result.code).not.toBe(0);
  return { ...result, error: (JSON.parse(result.stdout) as { error: { code: string } }).error };
}
