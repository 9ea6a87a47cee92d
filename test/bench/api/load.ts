import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface LoadOptions {
  port: number;
  method?: 'GET' | 'POST';
  path: string;
  /** The same each time, or made for each request. */
  body: string | (() => string);
  connections: number;
  /** Requests that one connection has under way. */
  pipelining: number;
  /** In all. */
  requests: number;
}

export interface Load {
  perSecond: number;
  /** Of a request, from sending to its answer. */
  p50: number;
  p99: number;
}

/**
 * Sends requests over and over over connections that stay open. It parses no more of an answer than its first line,
 * since it shares the machine with the server. Throws when an answer is no 200.
 */
export async function load(options: LoadOptions): Promise<Load> {
  const { requests, connections } = options;
  const times: number[] = [];
  let left = requests;
  const take = (): boolean => left-- > 0;
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, () => runConnection(options, take, times)));
  const seconds = (performance.now() - from) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)]!;
  return { perSecond: requests / seconds, p50: at(0.5), p99: at(0.99) };
}

async function runConnection(
  { port, method = 'POST', path, body, pipelining }: LoadOptions,
  take: () => boolean,
  times: number[],
) {
  const requestOf = (text: string): Buffer =>
    Buffer.from(
      `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n` +
        (method === 'GET' ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`) +
        `\r\n${text}`,
    );
  const same = typeof body === 'string' ? requestOf(body) : null;
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const sent: number[] = [];
  function send(): void {
    if (!take()) return;
    sent.push(performance.now());
    socket.write(same ?? requestOf((body as () => string)()));
  }
  const finished = new Promise<void>((resolve, reject) => {
    socket.setEncoding('latin1').on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    let rest = '';
    socket.on('data', (chunk: string) => {
      rest += chunk;
      for (let end = endOf(rest); end > 0; end = endOf(rest)) {
        if (!rest.startsWith('HTTP/1.1 200')) return reject(new Error(rest.slice(0, end)));
        rest = rest.slice(end);
        times.push(performance.now() - sent.shift()!);
        send();
      }
      if (sent.length === 0) resolve();
    });
  });
  for (let n = 0; n < pipelining; n++) send();
  if (sent.length > 0) await finished;
  socket.removeAllListeners('close').destroy();
}

/** Where the first answer of the text ends; 0 while it is not whole. */
function endOf(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length >= end ? end : 0;
}
