import { createHash } from 'node:crypto';
import type { RedisClient } from './connect.ts';

export interface Script {
  text: string;
  /** By which the server knows it. */
  sha: string;
}

export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script; `values` are its keys, as many as `keys` says, and then its arguments. */
export async function evaluate(
  client: RedisClient,
  { text, sha }: Script,
  keys: number,
  values: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys, ...values);
  } catch (error) {
    // A server that was restarted or flushed its scripts does not know it; each node of a cluster learns it by itself.
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return await client.eval(text, keys, ...values);
  }
}
