import { traverseContractProcedures } from '@orpc/server';
import fc from 'fast-check';
import { z } from 'zod';
import { contract } from '../../../src-core/contract/contract.ts';
import { changesNothing } from '../../../src-main/http/reads.ts';
import { hostileValue, hostileWord, spoilt, valuesOf } from './fuzz-values.ts';
import { TOKEN } from './test-server.ts';

export interface FuzzRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  /** It has a defect that every route must see, whatever else it holds. */
  mustFail: boolean;
}

export interface Route {
  method: string;
  /** As Fastify writes it: `/a/:b`. */
  url: string;
}

export const READ_ONLY = 'a-token-that-only-reads';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];
const SAFE = new Set(['GET', 'HEAD']);

/** Calls that need no more than the token to do something to the whole queue, or to the server: they go out broken. */
const ACTS = /\/(pause|resume|cancel|retry|flush|fleet|settings)\b|^\/(fleet|settings)\b/;

/** A catalog without pictures goes without a question, and so do the tasks that would fill it: these go out broken too. */
const DROPS = /^(DELETE \/catalogs\/:catalog|POST \/rpc\/catalogs\/delete)$/;

/** Whoever is signed out need not be somebody. */
const ENDS_ONLY_ITSELF = '/sign-out';

const HEADERS: readonly Record<string, string>[] = [
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '127.0.0.1, 8.8.8.8' },
  { 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
  { 'x-original-url': '/queue/flush', 'x-rewrite-url': '/queue/flush' },
  { 'x-http-method-override': 'DELETE' },
  { range: 'bytes=-9999999999999999-,5-1' },
  { 'last-event-id': '-1e400' },
  { 'if-none-match': '*', 'if-modified-since': 'never' },
  { accept: 'text/html;q=NaN, */*', 'accept-encoding': 'br;q=2, nonsense' },
  { cookie: `imagefleet_00000000=full.9.a.b; ${'a=b; '.repeat(500)}` },
  { traceparent: '00-zz-zz-zz', tracestate: '='.repeat(600) },
  { 'x-request-id': '../../a"b' },
  { expect: '200-ok' },
  { 'content-encoding': 'gzip' },
  { 'user-agent': '() { :;}; /bin/true' },
];

/** Each is refused by every route, before or while its body is read. */
const DEFECTS: readonly Partial<Pick<FuzzRequest, 'headers' | 'body'>>[] = [
  { headers: { host: 'evil.example' } },
  { headers: { host: 'localhost.evil.example:8000' } },
  { headers: { origin: 'http://evil.example' } },
  { headers: { origin: 'null' } },
  { headers: { authorization: `Bearer ${TOKEN}x` } },
  { headers: { authorization: `Bearer ${READ_ONLY}` } },
  { headers: { authorization: `Basic ${TOKEN}` } },
  { headers: { 'content-type': 'application/json' }, body: '{"broken": ' },
  { headers: { 'content-type': 'application/json' }, body: '{"__proto__": {"admin": true}}' },
  { headers: { 'content-type': 'text/plain' }, body: '{}' },
  { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'confirm=image_indexing_queue' },
];

const CONTENT_TYPES = [
  'application/xml',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/x-ndjson',
  'nonsense',
];

/** Requests to all routes of the server, from what their contract takes to what nobody should send. */
export function requestsTo(routes: readonly Route[]): fc.Arbitrary<FuzzRequest> {
  const inputs = inputsOfContract();
  const called = [...routes, ...[...inputs.keys()].filter((key) => key.startsWith('POST /rpc/')).map(routeOf)];
  return fc.oneof(...called.map((route) => requestTo(route, inputs.get(`${route.method} ${route.url}`))));
}

function routeOf(key: string): Route {
  const [method = '', url = ''] = key.split(' ');
  return { method, url };
}

/** By method and route, each also as the console calls it. */
function inputsOfContract(): Map<string, z.ZodType> {
  const inputs = new Map<string, z.ZodType>();
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: { '~orpc': definition }, path: names }) => {
    const { method = 'POST', path = '' } = definition.route;
    const { inputSchema } = definition;
    const input = inputSchema instanceof z.ZodType ? inputSchema : z.undefined();
    inputs.set(`${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, input);
    inputs.set(`POST /rpc/${names.join('/')}`, z.strictObject({ json: input }));
  });
  return inputs;
}

function requestTo(route: Route, input: z.ZodType | undefined): fc.Arbitrary<FuzzRequest> {
  const values = input ? valuesOf(input) : hostileValue;
  return fc
    .record({
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(route.method) },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      value: fc.oneof(values, spoilt(values)),
      words: fc.array(hostileWord, { minLength: 3, maxLength: 3 }),
      tail: fc.oneof(
        { weight: 9, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: fc.constantFrom('/', '/..', '/%2e%2e/x', '%', '%zz', ';a=b', '//', '?a[b]=c&a=d&__proto__[x]=1'),
        },
      ),
      token: fc.constantFrom(`Bearer ${TOKEN}`, `Bearer ${TOKEN}`, `Bearer ${TOKEN}`, `Bearer ${READ_ONLY}`, null),
      type: fc.oneof(
        { weight: 9, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: fc.constantFrom(...CONTENT_TYPES) },
      ),
      extra: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.constantFrom(...HEADERS) }),
      defect: fc.constantFrom(...DEFECTS),
      isBroken: fc.nat(4).map((n) => n === 0),
      isHuge: fc.nat(200).map((n) => n === 0),
    })
    .map(({ method, value, words, tail, token, type, extra, defect, isBroken, isHuge }) => {
      const isSafe = SAFE.has(method);
      const url = route.url.replaceAll(/:\w+|\*/g, () => wordOf(words)) + (isSafe ? queryOf(value) : '') + tail;
      const isHarmless = changesNothing(method, route.url) || route.url === ENDS_ONLY_ITSELF;
      const acts = ACTS.test(route.url) || DROPS.test(`${method} ${route.url}`);
      const mustFail = !isHarmless && (isBroken || acts);
      const headers: Record<string, string> = {
        ...extra,
        ...(token !== null && { authorization: token }),
        ...(!isSafe && { 'content-type': type }),
        ...(mustFail && defect.headers),
      };
      const body = isSafe ? '' : mustFail && defect.body !== undefined ? defect.body : bodyOf(value, isHuge);
      return { method, url, headers, body, mustFail };
    });
}

function wordOf(words: string[]): string {
  const word = words.shift() ?? 'x';
  // A lone surrogate cannot be written in a URL.
  return (
    encodeURIComponent(word.toWellFormed())
      .slice(0, 2_000)
      .replace(/%[0-9A-F]?$/, '') || 'x'
  );
}

function queryOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const query = new URLSearchParams();
  for (const [key, field] of Object.entries(value)) {
    for (const one of [field].flat()) query.append(key, typeof one === 'object' ? '{}' : String(one));
  }
  return `?${query}`.slice(0, 8_000).replace(/%[0-9A-F]?$/, '');
}

function bodyOf(value: unknown, isHuge: boolean): string {
  const text = JSON.stringify(value) ?? '';
  return isHuge ? text.padEnd(2_000_000, ' x') : text;
}
