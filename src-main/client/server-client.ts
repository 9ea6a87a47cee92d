import type { AnyContractProcedure, InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import { z } from 'zod';
import { COMMAND_LINE, type CallMeta } from '../../src-core/contract/values.ts';
import { AppError, errorCode, parseOrThrow, type ErrorCode } from '../../src-core/domain/app-error.ts';

/** Where a server is, and who calls. */
export interface ServerAddress {
  url: string;
  /** Null: it asks for none. */
  token: string | null;
}

export interface ServerClient {
  /** For people, without what a password would be. */
  readonly url: string;
  /**
   * One call of the contract, by its route. Throws what the server answered, with its code; QUEUE_UNAVAILABLE for a server
   * that is away; PROTOCOL_MISMATCH for an answer that is not the contract's.
   */
  call<P extends AnyContractProcedure>(
    procedure: P,
    ...input: unknown extends InferContractRouterInputs<P> ? [] : [InferContractRouterInputs<P>]
  ): Promise<InferContractRouterOutputs<P>>;
  /** The same with the fields of a form, a file among them. */
  callWithForm<P extends AnyContractProcedure>(procedure: P, form: FormData): Promise<InferContractRouterOutputs<P>>;
  /** A page that is no JSON and no part of the contract. Throws as `call` does. */
  text(path: string): Promise<string>;
  /** One that may be long, as it comes. */
  pieces(path: string): AsyncIterable<string>;
  /** One that is no text. */
  bytes(path: string): AsyncIterable<Uint8Array>;
}

const problem = z.object({ code: errorCode, detail: z.string(), errors: z.array(z.unknown()).optional() });

/** The server itself answers within its own limit; this is for one that has stopped. */
const ANSWER_MS = 60_000;

/** Throws INVALID_INPUT for what is no address of a server. */
export function createServerClient({ url: given, token }: ServerAddress): ServerClient {
  const base = baseOf(given);

  async function call(procedure: AnyContractProcedure, input?: unknown): Promise<unknown> {
    const { method = 'POST', path = '' } = procedure['~orpc'].route;
    const { url, body } = requestOf(`${base}${path}`, method, input as Record<string, unknown> | undefined);
    return send(procedure, url, body);
  }

  async function send(procedure: AnyContractProcedure, url: string, body: string | FormData | undefined) {
    const { route, meta, outputSchema } = procedure['~orpc'];
    const { method = 'POST' } = route;
    const { slow } = meta as CallMeta;
    const answer = jsonOf(
      await request(url, {
        method,
        headers: typeof body === 'string' ? { 'content-type': 'application/json' } : {},
        ...(body !== undefined && { body }),
        ...(!slow && { signal: AbortSignal.timeout(ANSWER_MS) }),
      }),
    );
    const what = `${base} answered something else than this version expects`;
    return parseOrThrow(outputSchema as z.ZodType, answer, what, 'PROTOCOL_MISMATCH');
  }

  /** The answer as it came. Throws what the server refused, and that it is away. */
  async function request(url: string, init: RequestInit): Promise<string> {
    let text = '';
    for await (const piece of piecesOf(url, init)) text += piece;
    return text;
  }

  async function* piecesOf(url: string, init: RequestInit): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    for await (const piece of bytesOf(url, init)) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  }

  async function* bytesOf(url: string, init: RequestInit): AsyncGenerator<Uint8Array> {
    const headers = {
      ...init.headers,
      'user-agent': COMMAND_LINE,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    };
    try {
      // A token goes to the server that was named, and nowhere else.
      const response = await fetch(url, { ...init, headers, redirect: 'manual' });
      if (!response.ok) throw refusalOf(base, response.status, jsonOf(await response.text()));
      if (response.body) yield* response.body;
    } catch (error) {
      throw error instanceof AppError ? error : away(base, reasonOf(error), error);
    }
  }

  return {
    url: base,
    call: call as ServerClient['call'],
    callWithForm: ((procedure, form) =>
      send(procedure, `${base}${procedure['~orpc'].route.path}`, form)) as ServerClient['callWithForm'],
    pieces: (path) => piecesOf(`${base}${path}`, {}),
    bytes: (path) => bytesOf(`${base}${path}`, {}),
    text: (path) => request(`${base}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) }),
  };
}

/** Null for what is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function baseOf(given: string): string {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    throw new AppError('INVALID_INPUT', `--server: “${given}” is no address like http://127.0.0.1:8000`);
  }
  return url.href.replace(/\/+$/, '');
}

/** Fields of the path go there; the others into the query, or into a JSON body. */
function requestOf(template: string, method: string, input: Record<string, unknown> = {}) {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const value = String(rest.get(name));
    rest.delete(name);
    return encodeURIComponent(value);
  });
  if (method !== 'GET' && method !== 'DELETE') {
    return { url: path, body: rest.size > 0 ? JSON.stringify(Object.fromEntries(rest)) : undefined };
  }
  const query = new URLSearchParams();
  for (const [name, value] of rest) for (const one of [value].flat()) query.append(name, String(one));
  return { url: rest.size > 0 ? `${path}?${query}` : path, body: undefined };
}

function refusalOf(base: string, status: number, answer: unknown): AppError {
  const known = problem.safeParse(answer).data;
  if (!known) {
    if (status >= 500) return away(base, `it answered ${status}`);
    return new AppError('INVALID_INPUT', `${base} answered ${status}: it is no Imagefleet server of this version`);
  }
  const { code, detail, errors } = known;
  return new AppError(code satisfies ErrorCode, detail, {
    details: { server: base, ...(errors && { issues: errors }) },
  });
}

function away(base: string, reason: string, cause?: unknown): AppError {
  return new AppError('QUEUE_UNAVAILABLE', `the server ${base} cannot be reached: ${reason}`, { cause });
}

/** fetch itself only says that it has failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.message || cause?.code || message;
}
