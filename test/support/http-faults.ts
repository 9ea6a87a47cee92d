import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';

/** A request as a fault sees it. */
export interface SeenRequest {
  method: string;
  /** With its query. */
  path: string;
  /** As text, whole. */
  body: string;
}

/**
 * What goes wrong: an answer that is late, another answer instead, or none. `reset-before` and `reset-after` cut the
 * connection before and after the work is done; `hang` never answers.
 */
export const troubleSchema = z.union([
  z.strictObject({ delayMs: z.number() }),
  z.strictObject({
    status: z.int(),
    body: z.string().optional(),
    type: z.string().optional(),
    retryAfterS: z.number().optional(),
  }),
  z.enum(['reset-before', 'reset-after', 'hang']),
]);
export type Trouble = z.infer<typeof troubleSchema>;

export interface Fault {
  trouble: Trouble;
  /** Every request unless given. */
  when?: (request: SeenRequest) => boolean;
  /** How many requests it meets; all unless given. */
  times?: number;
}

export interface Faults {
  /** Takes effect with the next request; answers how to end it. */
  add(fault: Fault): () => void;
  clear(): void;
  /** How many requests met one so far. */
  readonly met: number;
  /** The server is away: no new connections, all open ones cut. What it holds stays. For so long, or until `up`. */
  down(ms?: number): Promise<void>;
  up(): Promise<void>;
}

/** Faults of an HTTP server of a test; `listen` and `unlisten` bring its socket up and down. */
export function createFaults(listen: () => Promise<void>, unlisten: () => Promise<void>) {
  const faults = new Set<Fault & { left: number }>();
  let timer: NodeJS.Timeout | undefined;
  let met = 0;

  const control: Faults = {
    add(fault) {
      const active = { ...fault, left: fault.times ?? Infinity };
      faults.add(active);
      return () => void faults.delete(active);
    },
    clear: () => faults.clear(),
    get met() {
      return met;
    },
    async down(ms) {
      clearTimeout(timer);
      await unlisten();
      if (ms !== undefined) timer = globalThis.setTimeout(() => void control.up(), ms);
    },
    async up() {
      clearTimeout(timer);
      await listen();
    },
  };

  /** What this request meets, at most one of all faults. */
  function meet(request: SeenRequest): Trouble | null {
    const fault = [...faults].find(({ when }) => !when || when(request));
    if (!fault) return null;
    met++;
    if (--fault.left === 0) faults.delete(fault);
    return fault.trouble;
  }

  return { control, meet, stop: () => clearTimeout(timer) };
}

export interface Reply {
  status: number;
  /** Null for an answer without a body. */
  type: string | null;
  body: string;
  headers?: Record<string, string>;
}

/** Does the work and answers, or what the trouble makes of it. */
export async function replyUnder(trouble: Trouble | null, response: ServerResponse, work: () => Reply): Promise<void> {
  if (trouble === 'hang') return;
  if (trouble === 'reset-before') return cut(response);
  if (trouble === null) return send(response, work());
  if (trouble === 'reset-after') {
    work();
    return cut(response);
  }
  if ('delayMs' in trouble) {
    await setTimeout(trouble.delayMs);
    return send(response, work());
  }
  const { status, body = '', type = 'text/plain', retryAfterS } = trouble;
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  send(response, { status, type, body, headers });
}

function cut(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function send(response: ServerResponse, { status, type, body, headers }: Reply): void {
  response.writeHead(status, { ...(type !== null && { 'content-type': type }), ...headers });
  response.end(body);
}
