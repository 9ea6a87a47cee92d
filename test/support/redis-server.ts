import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { tempDir } from './temp-dir.ts';

export interface RedisServer {
  /** redis://127.0.0.1:PORT */
  url: string;
  port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Where its files and its log are. */
  dir: string;
  /** Asks it to end, and waits. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL, or another signal that ends it, and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and files. */
  restart(): Promise<void>;
}

export interface RedisServerOptions {
  /** More of redis-server's arguments; the last of two that contradict each other counts. */
  args?: readonly string[];
  /** Its folder; a fresh one otherwise. */
  dir?: string;
  port?: number;
  /** A configuration file of its own, which a sentinel must have. */
  config?: string;
  /** Says when it may be stopped; the end of the running test, unless a benchmark has an end of its own. */
  atEnd?: (stop: () => Promise<void>) => void;
}

const PATIENCE_MS = 20_000;
/**
 * A Redis server of one test, on this machine's loopback, that keeps nothing on disk unless `args` say so. Throws with
 * its log when it does not come up.
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { args = [], atEnd = onTestFinished } = options;
  const dir = options.dir ?? (await tempDir());
  const port = options.port ?? (await freePort());
  const logFile = join(dir, `redis-${port}.log`);
  const file = options.config === undefined ? [] : [options.config];
  const standard = ['--port', port, '--bind', '127.0.0.1', '--dir', dir, '--logfile', logFile, '--save', ''];
  let child = start();

  function start(): ChildProcess {
    const started = spawn('redis-server', [...file, ...standard.map(String), ...args], { stdio: 'ignore' });
    started.once('error', () => undefined); // told by `answers`
    const guard = started.pid === undefined ? null : guardOf(started.pid);
    started.once('exit', () => guard?.kill('SIGKILL'));
    return started;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    // One that was stopped with SIGSTOP would never hear of it.
    child.kill('SIGCONT');
    await ended;
  }

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return child.pid!;
    },
    stop: () => end('SIGTERM'),
    kill: (signal = 'SIGKILL') => end(signal),
    async restart() {
      await server.stop();
      child = start();
      await answers();
    },
  };

  /** Its log is read rather than its port asked: that works with TLS, passwords and loading, and is surely this process. */
  async function answers(): Promise<void> {
    const ready = new RegExp(`^${child.pid}:[A-Z] .*(Ready to accept connections|Sentinel ID is)`, 'm');
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const log = await readFile(logFile, 'utf8').catch(() => '');
      if (ready.test(log)) return;
      if (child.pid === undefined) throw new Error('redis-server is not installed: apt-get install redis-server');
      if (child.exitCode !== null || performance.now() > giveUpAt) {
        throw new Error(`redis-server did not come up:\n${log || 'it wrote no log'}`);
      }
      await sleep(10);
    }
  }

  atEnd(() => server.stop());
  await answers();
  return server;
}

/** Ends the server when this process dies in whatever way: the pipe that it reads from ends with us. */
function guardOf(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', `cat >/dev/null; kill -9 ${pid}`], { stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  (guard.stdin as Socket).unref();
  return guard;
}

/** A port that nobody listens on. One who takes it in the moment before the server does makes the start fail, and says so. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
