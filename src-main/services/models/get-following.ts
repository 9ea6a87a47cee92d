import { AppError } from '../../../src-core/domain/app-error.ts';

/** What a hub says of a file, on the way to where its bytes are. */
export interface Linked {
  sha256: string | null;
  bytes: number | null;
}

export interface Answer extends Linked {
  response: Response;
}

/** Something that may be over when it is tried again: a connection that was cut, a server that is busy. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const MOST_HOPS = 8;

/**
 * A GET that follows redirects by hand: a hub tells the checksum and size of a large file only in the redirect to where it
 * lies (`X-Linked-Etag`, `X-Linked-Size`). Throws Interrupted when there is no answer, DOWNLOAD_FAILED for a redirect that
 * leads nowhere, or out of TLS.
 */
export async function getFollowing(
  start: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const linked: Linked = { sha256: null, bytes: null };
  let url = start;
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const response = await fetch(url, { headers, signal, redirect: 'manual' }).catch((error: Error) => {
      throw new Interrupted(reasonOf(error), { cause: error });
    });
    linked.sha256 ??= /^"([0-9a-f]{64})"$/.exec(response.headers.get('x-linked-etag') ?? '')?.[1] ?? null;
    linked.bytes ??= numberOf(response.headers.get('x-linked-size'));
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return { response, ...linked };
    await response.body?.cancel();
    url = nextUrl(url, location);
  }
  throw new AppError('DOWNLOAD_FAILED', `${start} is redirected more than ${MOST_HOPS} times`);
}

function nextUrl(url: string, location: string): string {
  const next = URL.parse(location, url);
  if (next?.protocol === 'https:' || (next?.protocol === 'http:' && url.startsWith('http:'))) return next.href;
  throw new AppError('DOWNLOAD_FAILED', `${url} is redirected to ${location}, which is not followed`);
}

export function numberOf(text: string | null | undefined): number | null {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** fetch itself only says that it has failed. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.message || cause?.code || message;
}
