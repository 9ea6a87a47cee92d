import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, commandLine, isAlive } from '../support/proc.ts';

/** The `index` command, run on the built program as a user runs it, whose processes can be done harm. */
export interface Host {
  pid: number;
  /** Live worker processes. */
  workers(): number[];
  /** Ends when the command does. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;
  /** SIGKILL; resolves when the host and every worker of it are gone. Throws when a worker outlives it by 15 s. */
  kill(): Promise<void>;
}

const CLI = resolve(import.meta.dirname, '../../out/main/cli.js');

export function startHost(args: readonly string[], env: NodeJS.ProcessEnv): Host {
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const workers = (): number[] =>
    childrenOf(pid).filter((worker) => commandLine(worker).some((argument) => argument.endsWith('worker.js')));
  return {
    pid,
    workers,
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr })) as Host['ended'],
    async kill() {
      const orphans = workers();
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid) && !orphans.some(isAlive), 15_000, `workers ${orphans.join(', ')} to end`);
    },
  };
}

/** Polls a condition; throws when it does not come true in time. */
export async function until(condition: () => boolean | Promise<boolean>, ms: number, what: string): Promise<void> {
  const giveUpAt = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await sleep(20);
  }
}
