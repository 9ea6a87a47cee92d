import type { RedisConnection } from './connect.ts';
import { evaluate } from './evaluate.ts';
import { closedError, toQueueError } from './errors.ts';
import { loadScripts, type ScriptName } from './scripts.ts';
import type { QueueSettings } from './settings.ts';

/** Tasks that one script moves at most, so that Redis serves nobody else for a few ms only. */
export const CHUNK = 250;

/** What every verb of the adapter stands on. */
export interface QueueContext {
  readonly settings: QueueSettings;
  readonly connection: RedisConnection;
  /** "imagefleet:{name}:", with which all keys of the queue begin; the braces keep them in one slot of a cluster. */
  readonly prefix: string;
  /** In [0, 1), for the jitter of retries. */
  readonly random: () => number;
  /**
   * Runs a script: KEYS[1] is the prefix, ARGV[1] the tests' clock or "". `T` is what the script says that it answers.
   * Throws QUEUE_UNAVAILABLE.
   */
  run<T>(script: ScriptName, ...args: readonly (string | number)[]): Promise<T>;
  close(): void;
}

export interface ContextOptions {
  connection: RedisConnection;
  name: string;
  settings: QueueSettings;
  now: (() => number) | undefined;
  random: () => number;
}

export function createContext({ connection, name, settings, now, random }: ContextOptions): QueueContext {
  const { client, place } = connection;
  const scripts = loadScripts();
  const prefix = `imagefleet:{${name}}:`;
  let closed = false;

  return {
    settings,
    connection,
    prefix,
    random,
    async run<T>(script: ScriptName, ...args: readonly (string | number)[]) {
      if (closed) throw closedError();
      try {
        const values = [prefix, now === undefined ? '' : now(), ...args];
        return (await evaluate(client, scripts[script], 1, values)) as T;
      } catch (error) {
        throw closed ? closedError() : toQueueError(error, place);
      }
    },
    close() {
      closed = true;
      connection.close();
    },
  };
}
