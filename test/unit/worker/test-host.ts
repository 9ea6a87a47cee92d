import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type FromFinder, fromFinder } from '../../../src-core/domain/finder-messages.ts';
import { PROTOCOL_VERSION } from '../../../src-core/domain/worker-status.ts';
import { settingsSchema, type SettingsInput } from '../../../src-core/settings/schema.ts';

type Message<T extends FromFinder['type']> = Extract<FromFinder, { type: T }>;

export interface TestProcess {
  child: ChildProcess;
  /** All that it sent so far, validated. */
  messages: FromFinder[];
  /** The first message of a type that passes, once it has come. */
  message<T extends FromFinder['type']>(type: T, passes?: (message: Message<T>) => boolean): Promise<Message<T>>;
  exited: Promise<{ code: number | null; signal: string | null }>;
}

export interface TestProcessOptions {
  entry: 'worker' | 'finder';
  dataDir: string;
  settings?: SettingsInput;
  protocol?: number;
  env?: Record<string, string>;
}

const ENTRIES = {
  worker: new URL('../../../src-worker/worker.ts', import.meta.url),
  finder: new URL('../../../src-worker/finder.ts', import.meta.url),
};

/** A process of ours with the test as its host; killed when the test ends. */
export function startProcess(options: TestProcessOptions): TestProcess {
  const { entry, dataDir, settings = {}, protocol = PROTOCOL_VERSION, env = {} } = options;
  const child = fork(ENTRIES[entry], { env: { ...process.env, ...env }, serialization: 'advanced' });
  const messages: FromFinder[] = [];
  child.on('message', (value) => messages.push(fromFinder.parse(value)));
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  child.send({ type: 'start', protocol, workerId: 'worker-1', settings: settingsSchema.parse(settings), dataDir });

  return {
    child,
    messages,
    exited,
    message(type, passes = () => true) {
      const { promise, resolve, reject } = Promise.withResolvers<never>();
      const look = (): void => {
        const found = messages.find((message) => message.type === type && passes(message as never));
        if (found) resolve(found as never);
      };
      look();
      child.on('message', look);
      void exited.then((exit) => reject(new Error(`ended before "${type}": ${JSON.stringify({ exit, messages })}`)));
      return promise;
    },
  };
}
