import type { Reply } from '../http-faults.ts';
import { parseJson } from './read-body.ts';
import { badQuery, Refusal, unsupported } from './refusal.ts';
import { NOT_DONE, type Route, ROUTES } from './routes.ts';
import type { ServerState } from './server-state.ts';

export interface Keys {
  apiKey?: string;
  readOnlyApiKey?: string;
}

export interface Asked {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** More than a body may have, as on a real server. */
const MOST_BYTES = 32 * 1_024 * 1_024;

const OPEN: Record<string, string> = {
  '/healthz': 'healthz check passed',
  '/livez': 'healthz check passed',
  '/readyz': 'all shards are ready',
};

/** Answers one request: all of the server that is not its socket. */
export function createAnswerer(state: ServerState, options: { version: string; strict: boolean; keys: Keys }) {
  const { version, strict, keys } = options;

  return (asked: Asked): Reply => {
    const { pathname, searchParams } = new URL(asked.path, 'http://double');
    if (asked.method === 'GET' && pathname === '/') {
      return json(200, { title: 'qdrant - vector search engine', version, commit: COMMIT });
    }
    const open = OPEN[pathname];
    if (asked.method === 'GET' && open !== undefined) return text(200, open);
    try {
      const right = rightOf(asked.headers, keys);
      if (right === 'none') return text(401, 'Must provide an API key or an Authorization bearer token');
      const found = findRoute(asked.method, pathname);
      if (!found) return notServed(pathname);
      if (right === 'read' && found.route.writes) throw new Refusal(403, 'Forbidden: Global write access is required');
      checkParameters(searchParams, strict);
      const result = found.route.answer({
        state,
        strict,
        name: found.name,
        part: found.part,
        wait: searchParams.get('wait') === 'true',
        body: () => readText(asked.body),
      });
      return json(200, { result, status: 'ok', time: 0 });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return json(error.status, { status: { error: error.message }, time: 0 });
    }
  };
}

/** Of 1.16.3, whose answers were recorded. */
const COMMIT = 'bd49f45a8a2d4e4774cac50fa29507c4e8375af2';

function readText(body: string): unknown {
  if (Buffer.byteLength(body) > MOST_BYTES) {
    throw new Refusal(
      400,
      `JSON payload (${Buffer.byteLength(body)} bytes) is larger than allowed (limit: ${MOST_BYTES} bytes).`,
    );
  }
  return parseJson(body);
}

const json = (status: number, body: unknown): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});
const text = (status: number, body: string): Reply => ({ status, type: 'text/plain; charset=utf-8', body });

function rightOf(headers: Asked['headers'], { apiKey, readOnlyApiKey }: Keys): 'write' | 'read' | 'none' {
  if (apiKey === undefined && readOnlyApiKey === undefined) return 'write';
  const bearer = /^Bearer (.+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
  const key = headers['api-key'] ?? bearer;
  if (key === undefined) return 'none';
  if (key === apiKey) return 'write';
  return key === readOnlyApiKey ? 'read' : 'none';
}

function findRoute(method: string, path: string): { route: Route; name: string; part: string } | null {
  const given = path.split('/');
  for (const route of ROUTES) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    if (!wanted.every((step, at) => step.startsWith(':') || step === given[at])) continue;
    const open = (name: string): string => decodeURIComponent(given[wanted.indexOf(name)] ?? '');
    return { route, name: open(':name'), part: open(':part') };
  }
  return null;
}

function notServed(path: string): Reply {
  if (NOT_DONE.some((known) => known.test(path))) throw unsupported(path);
  return { status: 404, type: null, body: '' };
}

const PARAMETERS: Record<string, (value: string) => void> = {
  wait(value) {
    if (value !== 'true' && value !== 'false') throw badQuery('provided string was not `true` or `false`');
  },
  ordering(value) {
    if (['weak', 'medium', 'strong'].includes(value)) return;
    throw badQuery(`unknown variant \`${value}\`, expected one of \`weak\`, \`medium\`, \`strong\``);
  },
  timeout(value) {
    if (value === '0') throw badQuery('invalid value: integer `0`, expected a nonzero u64');
    if (!/^\d+$/.test(value)) throw badQuery('invalid digit found in string');
  },
  consistency(value) {
    if (/^\d+$/.test(value) || ['majority', 'quorum', 'all'].includes(value)) return;
    throw badQuery(`failed to parse read consistency parameter value ${value}`);
  },
};

/** One server has nothing to order or to agree on, so these are only checked. */
function checkParameters(parameters: URLSearchParams, strict: boolean): void {
  for (const [name, value] of parameters) {
    const check = PARAMETERS[name];
    if (check) check(value);
    else if (strict) throw unsupported(`the parameter ${name} in an address`);
  }
}
