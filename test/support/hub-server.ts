import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the next answer with bytes of this path does instead. */
export interface HubTrouble {
  path: string;
  /** So many bytes come, then the connection is cut; with `hang` nothing more comes, and it stays. */
  after?: number;
  /** The cut waits for it: what comes together with the end of a connection may never be seen. */
  until?: () => Promise<unknown>;
  hang?: boolean;
  /** Another status, with this content type. */
  status?: number;
  type?: string;
}

export interface Hub {
  url: string;
  /** By their paths in the repository; may be changed at any time. */
  files: Map<string, Uint8Array>;
  /** Each is met once. */
  troubles: HubTrouble[];
  /** Answers that gave bytes, in their order: from which byte on, and how many of them. */
  served: { path: string; from: number; bytes: number }[];
  /** Whether parts are given, and sums told in the redirect. */
  ranges: boolean;
  linked: boolean;
  close(): Promise<void>;
}

/** A hub of models on a free port: `/<repository>/resolve/main/<path>` is redirected to where the bytes are. */
export async function startHub(repository: string, files: Record<string, Uint8Array>): Promise<Hub> {
  const server = createServer(answer);
  const base = `/${repository}/resolve/main/`;
  let closed = false;
  const hub: Hub = {
    url: '',
    files: new Map(Object.entries(files)),
    troubles: [],
    served: [],
    ranges: true,
    linked: true,
    async close() {
      if (closed) return;
      closed = true;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  function answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const isLink = url.startsWith(base);
    const path = url.slice(isLink ? base.length : '/bytes/'.length);
    const content = hub.files.get(path);
    if (!content) return void response.writeHead(404).end();
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (isLink) {
      const told = hub.linked && { 'x-linked-etag': `"${sha256}"`, 'x-linked-size': content.length };
      return void response.writeHead(302, { location: `/bytes/${path}`, ...told }).end();
    }
    const at = hub.troubles.findIndex((trouble) => trouble.path === path);
    const [trouble] = at < 0 ? [] : hub.troubles.splice(at, 1);
    if (trouble?.status !== undefined) {
      return void response.writeHead(trouble.status, { 'content-type': trouble.type ?? 'text/plain' }).end('trouble');
    }
    const etag = `"${sha256.slice(0, 16)}"`;
    const asked = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
    const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
    const from = hub.ranges && asked !== undefined && isSame ? Number(asked) : 0;
    if (from >= content.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    }
    const rest = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      'content-type': 'application/octet-stream',
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    const bytes = Math.min(rest.length, trouble?.after ?? rest.length);
    hub.served.push({ path, from, bytes });
    response.write(rest.subarray(0, bytes), () => {
      if (trouble?.hang) return;
      if (bytes < rest.length) void Promise.resolve(trouble?.until?.()).then(() => response.socket?.destroySoon());
      else response.end();
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => hub.close());
  return hub;
}
