import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface SpawnOptions {
  /** Absolute path of a script. */
  entry: string;
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  /** What the child sent, not validated. Never called after `exited` is resolved. */
  onMessage: (message: unknown) => void;
  /** One line that the child printed. It never reaches this process's own stdout, which belongs to a command's answer. */
  onOutput: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface HostedProcess {
  /** Null when the process could not be started; `exited` then resolves and `onOutput` was told why. */
  readonly pid: number | null;
  /** Resolves once the process is gone and everything it had sent or printed was handed over. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Without effect when the process is gone. */
  send(message: unknown): void;
  kill(signal: NodeJS.Signals): void;
}

/** The seam to whatever starts processes: `fork` here, Electron's utilityProcess in the desktop. */
export interface ProcessHost {
  spawn(options: SpawnOptions): HostedProcess;
}

/** After its exit, how long a process's pipes are read when somebody else still holds them open. */
const DRAIN_PIPES_MS = 1_000;

/** Children are in this process's group and have its channel, so that they notice its death by `disconnect`. */
export function createForkHost(): ProcessHost {
  return { spawn };
}

function spawn(options: SpawnOptions): HostedProcess {
  try {
    return adopt(start(options), options);
  } catch (error) {
    // What the system refuses is thrown for some reasons (no memory) and an `error` event for others (no file).
    return neverStarted(error, options);
  }
}

function start({ entry, env = {} }: SpawnOptions): ChildProcess {
  return fork(entry, {
    // None of this process's own flags: a second --inspect, say, would find its port taken.
    execArgv: [],
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function adopt(child: ChildProcess, { onMessage, onOutput }: SpawnOptions): HostedProcess {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    if (stream) createInterface({ input: stream }).on('line', (line) => onOutput(line, name));
  }
  child.on('message', onMessage);

  const gone = Promise.withResolvers<Exit>();
  // `close` comes after the last message and line; `exit` may come before them.
  child.once('close', (code, signal) => gone.resolve({ code, signal }));
  child.once('exit', (code, signal) => {
    setTimeout(() => gone.resolve({ code, signal }), DRAIN_PIPES_MS).unref();
  });
  child.on('error', (error) => {
    if (child.pid !== undefined) return; // a signal or a message that came too late
    onOutput(`cannot be started: ${error.message}`, 'stderr');
    gone.resolve({ code: null, signal: null });
  });

  return {
    pid: child.pid ?? null,
    exited: gone.promise.finally(() => {
      child.removeAllListeners();
      child.on('error', () => {}); // of a send that is under way
      child.stdout?.destroy();
      child.stderr?.destroy();
    }),
    send(message) {
      if (child.connected) child.send(message as object, () => {}); // its exit tells what a failed send would
    },
    kill: (signal) => void child.kill(signal),
  };
}

function neverStarted(reason: unknown, { onOutput }: SpawnOptions): HostedProcess {
  onOutput(`cannot be started: ${(reason as Error).message}`, 'stderr');
  return { pid: null, exited: Promise.resolve({ code: null, signal: null }), send() {}, kill() {} };
}
