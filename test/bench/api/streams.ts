import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

export interface Streams {
  /** Resolves when each stream has got this many more `task` events. */
  hear(events: number): Promise<void>;
  close(): void;
}

/** So many readers of the live events, each with its first snapshot. */
export async function openStreams(port: number, count: number): Promise<Streams> {
  const heard = Array.from({ length: count }, () => 0);
  let check: (() => void) | null = null;
  const responses: IncomingMessage[] = [];

  async function open(index: number): Promise<void> {
    const sent = request({ port, host: '127.0.0.1', path: '/queue/events', agent: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    responses.push(response);
    response.setEncoding('utf8');
    await once(response, 'data');
    response.on('data', (text: string) => {
      heard[index]! += text.split('event: task').length - 1;
      check?.();
    });
    response.on('error', () => {}); // closed by us
  }

  for (let start = 0; start < count; start += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - start) }, (_, n) => open(start + n)));
  }
  return {
    hear(events) {
      const wanted = heard.map((before) => before + events);
      return new Promise((resolve) => {
        check = () => {
          if (heard.every((now, index) => now >= wanted[index]!)) resolve();
        };
        check();
      });
    },
    close() {
      for (const response of responses) response.destroy();
    },
  };
}
