import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Access, Tokens } from './token.ts';

/** Browsers that have signed in. */
export interface Sessions {
  /** The `Set-Cookie` of a new session. `secure`: the browser came by TLS. */
  open(access: Access, secure: boolean): string;
  /** The `Set-Cookie` that ends it in the browser. */
  close(): string;
  /** What a `Cookie` header lets its sender do; null: nothing. */
  accessOf(cookies: string | undefined): Access | null;
}

/**
 * A session is a signed text in a cookie, nothing is kept of it: it outlives the server's restart, holds at every server
 * with the same token, and ends when the token is changed. Its key is made from the token that it stands for.
 */
export function createSessions(tokens: Tokens, lifetimeMs: number, now: () => number = Date.now): Sessions {
  const keys: Record<Access, Buffer | null> = { full: keyOf(tokens.full), read: keyOf(tokens.read) };
  // Cookies do not know ports: two servers of one machine must not overwrite each other's.
  const name = `imagefleet_${createHash('sha256').update(keys.full!).digest('hex').slice(0, 8)}`;
  const attributes = 'Path=/; HttpOnly; SameSite=Strict';

  function check(value: string): Access | null {
    const [access, endsAt, random, signature] = value.split('.');
    if ((access !== 'full' && access !== 'read') || signature === undefined) return null;
    const key = keys[access];
    const given = Buffer.from(signature, 'base64url');
    if (key === null || given.length !== 32) return null;
    if (!timingSafeEqual(given, sign(`${access}.${endsAt}.${random}`, key))) return null;
    return Number(endsAt) > now() ? access : null;
  }

  return {
    open(access, secure) {
      const text = `${access}.${now() + lifetimeMs}.${randomBytes(16).toString('base64url')}`;
      const value = `${text}.${sign(text, keys[access]!).toString('base64url')}`;
      const seconds = Math.floor(lifetimeMs / 1_000);
      return `${name}=${value}; ${attributes}; Max-Age=${seconds}${secure ? '; Secure' : ''}`;
    },
    close: () => `${name}=; ${attributes}; Max-Age=0`,
    accessOf(cookies = '') {
      for (const cookie of cookies.split(';')) {
        const [key, value = ''] = cookie.trim().split('=');
        if (key === name) return check(value);
      }
      return null;
    },
  };
}

function sign(text: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function keyOf(token: string | null): Buffer | null {
  return token === null ? null : Buffer.from(hkdfSync('sha256', token, '', 'imagefleet session', 32));
}

export interface SignInCodes {
  make(): { code: string; expiresAt: number };
  /** Whether it was one; never again. */
  use(code: string): boolean;
}

const CODE_MS = 3_600_000;
const MOST_CODES = 100;

/** One-time codes of the links that `serve` prints and that a program with the token asks for. */
export function createSignInCodes(now: () => number = Date.now): SignInCodes {
  // By their hash: looking one up tells nothing by its time.
  const codes = new Map<string, number>();
  return {
    make() {
      const code = randomBytes(32).toString('base64url');
      const expiresAt = now() + CODE_MS;
      codes.set(hashOf(code), expiresAt);
      const [oldest] = codes.keys();
      if (codes.size > MOST_CODES && oldest !== undefined) codes.delete(oldest);
      return { code, expiresAt };
    },
    use(code) {
      const key = hashOf(code);
      const expiresAt = codes.get(key);
      codes.delete(key);
      return expiresAt !== undefined && expiresAt > now();
    },
  };
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64');
}
