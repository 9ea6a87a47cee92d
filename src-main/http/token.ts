import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, parseOrThrow } from '../../src-core/domain/app-error.ts';

/** What a caller may do: look, or everything. Each has a token of its own. */
export type Access = 'read' | 'full';

/** Where a token lies in the data dir, and the variable of the environment that goes before: containers get it so. */
const PLACES: Record<Access, { file: string; variable: string }> = {
  full: { file: 'token', variable: 'IMAGEFLEET_TOKEN' },
  read: { file: 'token-read-only', variable: 'IMAGEFLEET_READ_ONLY_TOKEN' },
};

const token = z.string().regex(/^[\x21-\x7e]{16,200}$/, 'must be 16 to 200 printable ASCII characters without spaces');

export interface Token {
  value: string;
  /** Made by this very call. */
  isNew: boolean;
}

/**
 * The token that lets programs in: of the environment, else the file in the data dir, which is made with mode 0600 where
 * it is not. Throws INVALID_SETTINGS for one that is no token, DATA_DIR_UNUSABLE.
 */
export async function openToken(dataDir: string, env: NodeJS.ProcessEnv, access: Access = 'full'): Promise<Token> {
  const known = await findToken(dataDir, env, access);
  if (known !== null) return { value: known, isNew: false };
  const file = join(dataDir, PLACES[access].file);
  return writeToken(file, async (made) => {
    try {
      await link(made, file); // never over one that another process has made meanwhile
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/** The token where there is one; throws as `openToken` does. A server makes no read-only one unasked. */
export async function findToken(dataDir: string, env: NodeJS.ProcessEnv, access: Access): Promise<string | null> {
  const { file, variable } = PLACES[access];
  const given = env[variable];
  // Compose passes what is not set as empty.
  if (given) return parseOrThrow(token, given, variable, 'INVALID_SETTINGS');
  return readToken(join(dataDir, file));
}

/** Where tokens lie, whether or not there are some. */
export function tokenFiles(dataDir: string): string[] {
  return Object.values(PLACES).map(({ file }) => join(dataDir, file));
}

/** Puts another token into the data dir; a server that runs takes it at once. */
export async function rotateToken(dataDir: string, env: NodeJS.ProcessEnv, access: Access = 'full'): Promise<Token> {
  const { file: name, variable } = PLACES[access];
  if (env[variable]) throw new AppError('INVALID_INPUT', `the token is that of ${variable}: change it there`);
  const file = join(dataDir, name);
  return writeToken(file, async (made) => {
    await rename(made, file);
    return true;
  });
}

/** Compares in constant time, whatever the lengths. */
export function isToken(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}

export interface Tokens {
  full: string;
  /** Null: there is none. */
  read: string | null;
}

/** What a token is good for; null: nothing. Takes the same time, whichever it is. */
export function accessOfToken(given: string, { full, read }: Tokens): Access | null {
  const [isFull, isRead] = [isToken(given, full), isToken(given, read ?? full)];
  return isFull ? 'full' : isRead ? 'read' : null;
}

async function readToken(file: string): Promise<string | null> {
  try {
    return parseOrThrow(token, (await readFile(file, 'utf8')).trim(), file, 'INVALID_SETTINGS');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof AppError) throw error;
    throw unusable(file, error);
  }
}

/** Writes a token beside the file, for `put` to move there whole; answers the one that holds when `put` could not. */
async function writeToken(file: string, put: (made: string) => Promise<boolean>): Promise<Token> {
  const value = randomBytes(32).toString('base64url');
  const made = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(made, 'wx', 0o600);
    await handle.writeFile(`${value}\n`);
    await handle.sync();
    await handle.close();
    if (await put(made)) return { value, isNew: true };
  } catch (error) {
    throw unusable(file, error);
  } finally {
    await rm(made, { force: true });
  }
  const known = await readToken(file);
  return known === null ? writeToken(file, put) : { value: known, isNew: false };
}

function unusable(file: string, error: unknown): AppError {
  return new AppError('DATA_DIR_UNUSABLE', `${file}: ${(error as Error).message}`, { cause: error });
}
