import { lookup as resolve } from 'node:dns/promises';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../src-core/domain/app-error.ts';
import { isPublicAddress } from './remote-address.ts';

/** Fetches pictures by their URL, from the open internet only. */
export interface Remote {
  /**
   * Into a new file, which is removed when it fails. Throws FORBIDDEN for an address that is not fetched from,
   * INVALID_INPUT for what is no such URL or does not answer, FILE_TOO_LARGE.
   */
  download(url: string, file: string): Promise<void>;
}

export interface RemoteOptions {
  enabled: boolean;
  maxBytes: number;
  /** ms for all of it, redirects included. */
  timeoutMs: number;
  /** Answers all addresses of a name. */
  addressesOf?: (name: string) => Promise<string[]>;
  isAllowed?: (address: string) => boolean;
}

const MOST_REDIRECTS = 5;

export function createRemote(options: RemoteOptions): Remote {
  const { enabled, maxBytes, timeoutMs, addressesOf = resolveAll, isAllowed = isPublicAddress } = options;

  /**
   * The one address that is connected to: were the name resolved once more for that, another answer could come (DNS
   * rebinding). One bad address among good ones is enough to refuse.
   */
  async function checkedAddress({ hostname }: URL): Promise<string> {
    const host = hostname.replace(/^\[|\]$/g, '');
    // URL has made dotted addresses of decimal, octal and hexadecimal ones.
    const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
    const [first] = addresses;
    if (first === undefined) throw new AppError('INVALID_INPUT', `"${host}" has no address`);
    if (addresses.every(isAllowed)) return first;
    throw new AppError('FORBIDDEN', `"${host}" is or leads to a private address, from which nothing is fetched`);
  }

  async function open(url: URL, signal: AbortSignal, redirects = 0): Promise<IncomingMessage> {
    const answer = await get(url, await checkedAddress(url), signal);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200) return answer;
    answer.destroy();
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) {
      throw new AppError('INVALID_INPUT', `${url.origin} answered HTTP ${statusCode} instead of a picture`);
    }
    if (redirects === MOST_REDIRECTS) throw new AppError('INVALID_INPUT', `${url.origin} redirects too often`);
    return open(parse(headers.location, url), signal, redirects + 1);
  }

  return {
    async download(text, file) {
      if (!enabled) throw new AppError('FORBIDDEN', 'URLs are not fetched here; http.fetchUrls allows it');
      const url = parse(text);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await open(url, signal);
        await pipeline(answer, atMost(maxBytes), createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
      } catch (error) {
        await rm(file, { force: true });
        throw troubleOf(error, url, signal);
      }
    },
  };
}

function parse(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '') return url;
  throw new AppError('INVALID_INPUT', `"${text}" is no http:// or https:// address without a user’s name`);
}

async function resolveAll(name: string): Promise<string[]> {
  return (await resolve(name, { all: true })).map(({ address }) => address);
}

/** Over a connection of its own to that very address; the name is still what TLS and the `Host` header go by. */
function get(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const lookup: LookupFunction = (_name, { all }, done) => {
    const family = isIP(address);
    if (all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'imagefleet' };
  return new Promise((done, fail) => {
    request(url, { agent: false, headers, lookup, signal }).once('response', done).once('error', fail).end();
  });
}

function atMost(maxBytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= maxBytes) done(null, chunk);
      else done(new AppError('FILE_TOO_LARGE', `the picture is larger than limits.maxBytes (${maxBytes})`));
    },
  });
}

/** The server that was asked is named by what the caller wrote: a redirect’s target and inner addresses are not its business. */
function troubleOf(error: unknown, url: URL, signal: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  const { code = 'no answer' } = error as NodeJS.ErrnoException;
  const why = signal.aborted ? 'no answer in time' : code;
  return new AppError('INVALID_INPUT', `${url.origin} cannot be fetched from: ${why}`, { cause: error });
}
