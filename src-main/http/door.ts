import type { FastifyRequest } from 'fastify';
import { AppError } from '../../src-core/domain/app-error.ts';
import { createGuesses } from './limits.ts';
import { SAFE_METHODS } from './reads.ts';
import { createSessions, createSignInCodes, type Sessions, type SignInCodes } from './session.ts';
import { accessOfToken, type Access, type Tokens } from './token.ts';

/** Who a caller is, by what it brings along. */
export interface Door {
  /** By the headers of a request; null: nobody. Throws TOO_MANY_REQUESTS for who guesses, FORBIDDEN for foreign pages. */
  identify(request: FastifyRequest): Access | null;
  byToken(address: string, token: string): Access | null;
  /** A code is good once. */
  byCode(address: string, code: string): Access | null;
  readonly sessions: Sessions;
  readonly codes: SignInCodes;
  /** From now on only these let in: sessions and links of other ones are over. */
  change(tokens: Tokens): void;
  /** Calls `listener` after each change. Answers how to stop that. */
  onChange(listener: () => void): () => void;
}

export function createDoor(given: Tokens, sessionMs: number): Door {
  let tokens = given;
  let sessions = createSessions(tokens, sessionMs);
  let codes = createSignInCodes();
  const listeners = new Set<() => void>();
  const guesses = createGuesses();

  const byToken = (address: string, token: string): Access | null =>
    guesses.check(address, () => accessOfToken(token, tokens));

  return {
    identify(request) {
      const { authorization, cookie } = request.headers;
      if (authorization === undefined) return ofOwnPage(request, sessions.accessOf(cookie));
      const given = /^bearer +(\S+)$/i.exec(authorization)?.[1];
      return given === undefined ? null : byToken(request.ip, given);
    },
    byToken,
    byCode: (address, code) => guesses.check(address, () => (codes.use(code) ? 'full' : null)),
    get sessions() {
      return sessions;
    },
    get codes() {
      return codes;
    },
    change(others) {
      tokens = others;
      sessions = createSessions(tokens, sessionMs);
      codes = createSignInCodes();
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** A browser sends a cookie along with whatever any page asks for; what is changed must be asked for by our own. */
function ofOwnPage({ headers, method }: FastifyRequest, access: Access | null): Access | null {
  if (access === null) return null;
  const { origin, 'sec-fetch-site': site = 'none' } = headers;
  const isForeign = site !== 'same-origin' && site !== 'none';
  // Browsers say the origin of every such request; whether it is ours was checked before.
  const isUnsaid = origin === undefined && !SAFE_METHODS.has(method);
  if (!isForeign && !isUnsaid) return access;
  throw new AppError('FORBIDDEN', 'a session’s cookie is good for requests of the console’s own pages only');
}
