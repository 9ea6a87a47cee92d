import { unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { findToken, tokenFiles, type Tokens } from './token.ts';

export interface TokenWatch {
  stop(): void;
}

/** The files' own data are looked at so often: events of their folder come with every write of the databases beside them. */
const LOOK_MS = 500;

/**
 * Tells other tokens than `known` as soon as they lie in the data dir, also those of before the call. A full token that is
 * gone or is none stays as it was, which `onTrouble` is told; a read-only one that is gone lets nobody in any more.
 */
export function watchTokens(
  dataDir: string,
  env: NodeJS.ProcessEnv,
  known: Tokens,
  onChange: (tokens: Tokens) => void,
  onTrouble: (error: unknown) => void,
): TokenWatch {
  const files = tokenFiles(dataDir);
  let current = known;
  let stopped = false;

  async function look(): Promise<void> {
    try {
      const [full, read] = await Promise.all([findToken(dataDir, env, 'full'), findToken(dataDir, env, 'read')]);
      const found = { full: full ?? current.full, read };
      if (stopped || isDeepStrictEqual(found, current)) return;
      current = found;
      onChange(found);
    } catch (error) {
      onTrouble(error);
    }
  }

  const listener = (): void => void look();
  for (const file of files) watchFile(file, { interval: LOOK_MS, persistent: false }, listener);
  listener();
  return {
    stop() {
      stopped = true;
      for (const file of files) unwatchFile(file, listener);
    },
  };
}
