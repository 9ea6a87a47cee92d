import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What is done to one connection: bytes pass until the limit is met, then the connection is cut. */
export interface Fault {
  /** Bytes of requests that are let through before the cut: one in the middle of a request where it is larger. */
  afterRequestBytes?: number;
  /** Bytes of replies that are let through before the cut; 0: the server does all, and the client hears nothing. */
  afterReplyBytes?: number;
}

export interface CutProxy {
  port: number;
  /** How connections behave from now on, the open ones too. `hang`: they are taken, and no byte passes. */
  mode: 'pass' | 'refuse' | 'hang';
  /** Each piece of bytes waits this long, in ms. */
  delayMs: number;
  /** Cuts the next connection that has bytes to pass, once; resolves when it is done. */
  cutOnce(fault: Fault): Promise<void>;
  /** Cuts all connections now, with a reset. Answers how many. */
  cutAll(): number;
  /** Connections taken so far. */
  readonly taken: number;
  close(): Promise<void>;
}

interface Pending {
  fault: Fault;
  passed: { request: number; reply: number };
  link: Link | null;
  done: () => void;
}

interface Link {
  client: Socket;
  server: Socket;
  held: (() => void)[];
}

/** A TCP proxy before `port` of this machine that does harm on demand. */
export async function startCutProxy(
  port: number,
  atEnd: (stop: () => Promise<void>) => void = onTestFinished,
): Promise<CutProxy> {
  const links = new Set<Link>();
  let pending: Pending | null = null;
  let mode: CutProxy['mode'] = 'pass';
  let taken = 0;

  const listener = createServer((client) => {
    taken += 1;
    if (mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const link: Link = { client, server: connect(port, '127.0.0.1'), held: [] };
    links.add(link);
    pipe(link, 'request');
    pipe(link, 'reply');
  });

  function pipe(link: Link, way: 'request' | 'reply'): void {
    const [from, to] = way === 'request' ? [link.client, link.server] : [link.server, link.client];
    from.on('data', (bytes: Buffer) => {
      const pass = (): void => void (!to.destroyed && to.write(throughFault(link, way, bytes)));
      if (mode === 'hang') link.held.push(pass);
      else if (proxy.delayMs > 0) setTimeout(pass, proxy.delayMs);
      else pass();
    });
    from.on('error', () => undefined); // a cut is what this is for
    from.on('close', () => {
      links.delete(link);
      to.destroy();
    });
  }

  /** What may pass of the bytes; cuts the connection when a fault has had enough. */
  function throughFault(link: Link, way: 'request' | 'reply', bytes: Buffer): Buffer {
    if (!pending || (pending.link ?? link) !== link) return bytes;
    const current = pending;
    const limit = way === 'request' ? current.fault.afterRequestBytes : current.fault.afterReplyBytes;
    // A fault of replies takes the connection whose request it saw: others may only be getting late answers.
    if (way === 'request') current.link = link;
    if (current.link === null || limit === undefined) return bytes;
    const rest = limit - current.passed[way];
    current.passed[way] += bytes.length;
    if (rest >= bytes.length) return bytes;
    pending = null;
    const last = bytes.subarray(0, Math.max(0, rest));
    // After the bytes that may pass have left.
    setImmediate(() => {
      cut(link);
      current.done();
    });
    return last;
  }

  function cut(link: Link): void {
    link.client.resetAndDestroy();
    link.server.destroy();
  }

  const proxy: CutProxy = {
    port: 0,
    delayMs: 0,
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
      if (next === 'refuse') proxy.cutAll();
      if (next === 'pass') for (const link of links) for (const pass of link.held.splice(0)) pass();
    },
    get taken() {
      return taken;
    },
    cutOnce(fault) {
      const { promise, resolve } = Promise.withResolvers<void>();
      pending = { fault, passed: { request: 0, reply: 0 }, link: null, done: resolve };
      return promise;
    },
    cutAll() {
      const count = links.size;
      for (const link of links) cut(link);
      return count;
    },
    async close() {
      proxy.cutAll();
      if (!listener.listening) return;
      listener.close();
      await once(listener, 'close');
    },
  };

  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  proxy.port = (listener.address() as AddressInfo).port;
  atEnd(() => proxy.close());
  return proxy;
}
