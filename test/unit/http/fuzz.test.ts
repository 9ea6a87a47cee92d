import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import type { RouteOptions } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { requestsTo, READ_ONLY, type FuzzRequest, type Route } from './fuzz-requests.ts';
import { AUTH, testServer } from './test-server.ts';

/** The whole run of the issue takes IMAGEFLEET_FUZZ_REQUESTS=20000. Another seed each time; a failure names it. */
const REQUESTS = Number(process.env.IMAGEFLEET_FUZZ_REQUESTS ?? 1_500);
const SEED = Number(process.env.IMAGEFLEET_FUZZ_SEED ?? Date.now() % 2 ** 31);
const IN_FLIGHT = 8;
const PATIENCE_MS = 20_000;

/** Of a stack. Folders of pictures are told in errors neither, unless the caller named them. */
const CODE = [process.cwd(), 'node_modules', 'node:internal'];

interface Answer {
  status: number;
  type: string;
  body: string;
}

/** By a real connection, since much is decided before a request is one. An event stream is answered when it begins. */
async function send(port: number, agent: Agent, { method, url, headers, body }: FuzzRequest): Promise<Answer> {
  const call = request({ port, host: '127.0.0.1', path: url, method, headers, agent });
  const late = setTimeout(() => call.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    call.on('error', () => {}); // a server that refuses a large body ends the connection; what it answered is read
    call.end(body);
    const [response] = await once(call, 'response');
    const type = String(response.headers['content-type'] ?? '');
    if (!type.startsWith('text/event-stream')) return { status: response.statusCode, type, body: await text(response) };
    response.destroy();
    return { status: response.statusCode, type, body: '' };
  } finally {
    clearTimeout(late);
  }
}

function wrongWith(
  { method, url, mustFail }: FuzzRequest,
  { status, type, body }: Answer,
  secrets: string[],
): string[] {
  const isError = status >= 400;
  return [
    ...(status < 200 || status > 499 ? [`status ${status}`] : []),
    ...(mustFail && !isError ? ['it was not refused'] : []),
    ...(isError && method !== 'HEAD' && !isProblem(url, type) ? [`an error as "${type}"`] : []),
    ...(isError ? secrets : CODE).filter((secret) => body.includes(secret)).map((secret) => `it tells of ${secret}`),
  ];
}

/** The RPC's own errors come in its own form. */
function isProblem(url: string, type: string): boolean {
  const isRpc = url.startsWith('/rpc/') && type.startsWith('application/json');
  return isRpc || type.startsWith('application/problem+json');
}

/** All of a queue that a request could have changed. */
async function digest(server: Awaited<ReturnType<typeof testServer>>) {
  const queue = await server.console.queue();
  const { counts, totals, paused } = await queue.stats();
  const tasks = await Promise.all(['first', 'second', 'third'].map((id) => queue.get(id)));
  return { counts, totals, paused, tasks };
}

it(
  'answers whatever is sent, tells nothing of its inside, and leaves the queue as it was',
  { timeout: 1_800_000 },
  async () => {
    const root = await tempDir();
    const server = await testServer(
      { http: { requestsPerMinute: 0 }, paths: { allowRoots: [root] } },
      { readOnlyToken: READ_ONLY },
    );
    const routes: Route[] = [];
    server.app.addHook('onRoute', ({ method, url }: RouteOptions) => {
      for (const one of [method].flat()) routes.push({ method: one, url });
    });
    await server.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.app.server.address() as { port: number };
    const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
    onTestFinished(() => agent.destroy());
    for (const id of ['first', 'second', 'third']) {
      await server.post('/queue/enqueue', { image_path: join(root, `${id}.png`), task_id: id }, AUTH);
    }
    const before = await digest(server);
    expect(before.counts.waiting).toBe(3);

    const secrets = [...CODE, server.console.dataDir.root, root];
    const requests = fc.sample(requestsTo(routes), { numRuns: REQUESTS, seed: SEED });
    const seen: Record<number, number> = {};
    const findings: unknown[] = [];
    async function check(sent: FuzzRequest): Promise<void> {
      const shown = { ...sent, body: sent.body.slice(0, 2_000) };
      try {
        const answer = await send(port, agent, sent);
        seen[answer.status] = (seen[answer.status] ?? 0) + 1;
        const wrong = wrongWith(sent, answer, secrets);
        const log = server.lines.filter((line) => /"level":"?(error|50)/.test(line)).slice(-1);
        if (wrong.length > 0) findings.push({ wrong, sent: shown, answer, log });
      } catch (error) {
        findings.push({ wrong: [String(error)], sent: shown });
      }
    }
    const senders = Array.from({ length: IN_FLIGHT }, async () => {
      for (let sent = requests.pop(); sent && findings.length < 5; sent = requests.pop()) await check(sent);
    });
    await Promise.all(senders);

    expect({ seed: SEED, findings }).toEqual({ seed: SEED, findings: [] });
    expect({ seed: SEED, ...(await digest(server)) }).toEqual({ seed: SEED, ...before });
    // They did not all stop at the door.
    for (const status of [200, 400, 401, 403, 404, 415]) expect([status, seen[status] ?? 0]).not.toEqual([status, 0]);
  },
);
