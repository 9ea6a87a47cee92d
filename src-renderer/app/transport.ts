import type { ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { AppError, ERRORS, type ErrorCode } from '../../src-core/domain/app-error.ts';

/** What the server lets this console do. */
export type Access = 'full' | 'read';

export interface WhichImage {
  imageId: string;
  /** Name or id. Without it, all catalogs are asked. */
  catalog?: string | undefined;
}

/** How this console reaches its host: the one thing that differs between a browser and the desktop window. */
export interface Transport {
  /** Of the host, for people. */
  readonly name: string;
  /** Carries the calls of the contract, event streams included. */
  readonly link: ClientLink<Record<never, never>>;
  /** Null: the host does not know us yet. Rejects where it cannot be reached. */
  access(): Promise<Access | null>;
  /** False: it is not the host's token. Rejects where the host cannot be reached. */
  signIn(token: string): Promise<boolean>;
  signOut(): Promise<void>;
  /** Address of a WebP. `edge` in pixels: 64, 128, 256, 512 or 1,024. */
  thumbnailUrl(image: WhichImage & { edge?: number }): string;
  fileUrl(image: WhichImage): string;
  /** Address of what is downloaded and no part of the contract: `queue/tasks.csv`, with the query that filters it. */
  downloadUrl(path: string, query?: string): string;
  /** For what takes a file beside its fields, and is no part of the contract. Answers JSON; throws AppError. */
  sendForm(path: string, form: FormData, signal?: AbortSignal): Promise<unknown>;
}

/** To the server that this page came from; the browser's cookie says who calls. */
export function createHttpTransport(): Transport {
  const base = new URL('.', window.location.href);
  const at = (path: string): string => new URL(path, base).href;

  async function post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return fetch(at(path), { method: 'POST', headers, body: JSON.stringify(body) });
  }

  return {
    name: base.host,
    link: new RPCLink({ url: at('rpc') }),
    async access() {
      const response = await fetch(at('session'));
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      return ((await response.json()) as { access: Access | null }).access;
    },
    async signIn(token) {
      const response = await post('sign-in', { token });
      if (response.status === 401) return false;
      if (response.ok) return true;
      throw new Error(((await response.json()) as { detail: string }).detail);
    },
    async signOut() {
      await post('sign-out', {});
    },
    thumbnailUrl: ({ imageId, catalog, edge = 256 }) => at(`images/${imageId}/thumbnail?${queryOf({ edge, catalog })}`),
    fileUrl: ({ imageId, catalog }) => at(`images/${imageId}/file?${queryOf({ catalog })}`),
    downloadUrl: (path, query = '') => at(path + query),
    async sendForm(path, form, signal) {
      const response = await fetch(at(path), { method: 'POST', body: form, ...(signal && { signal }) });
      if (response.ok) return response.json();
      throw await refusalOf(response);
    },
  };
}

/** What the server says of a refusal: application/problem+json. A proxy before it may say something else. */
async function refusalOf(response: Response): Promise<Error> {
  const { code, detail } = ((await response.json().catch(() => null)) ?? {}) as { code?: string; detail?: string };
  if (code === undefined || !(code in ERRORS)) return new Error(`${response.status} ${response.statusText}`);
  return new AppError(code as ErrorCode, detail ?? response.statusText);
}

function queryOf(fields: Record<string, string | number | undefined>): string {
  const given = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return new URLSearchParams(given).toString();
}
