import { expect } from 'vitest';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { appError } from '../../../contract/vector-store/samples.ts';
import type { SeenRequest } from '../../../support/http-faults.ts';
import type { QdrantDouble } from '../../../support/qdrant-double/start.ts';
import { newPrefix, openStore } from './server.ts';

const writes = ({ method, path }: SeenRequest): boolean =>
  method === 'POST' ? /\/(delete|payload|batch|vectors|aliases)(\?|$)/.test(path) : method !== 'GET';

/** From the nth write on every request fails, as if the process were dead; before a read it leaves what it does after it. */
function dieAfter({ faults }: QdrantDouble, count: number): { clear: () => void; died: () => boolean } {
  let left = count;
  let died = false;
  const clear = faults.add({
    trouble: { status: 500 },
    when: (request) => {
      if (!died && writes(request)) left--;
      died ||= left < 0;
      return left < 0;
    },
  });
  return { clear, died: () => died };
}

interface Death<T> {
  /** Before it; answers what the others are given. */
  prepare: (store: VectorStore) => Promise<T>;
  act: (store: VectorStore, given: T) => Promise<unknown>;
  check: (store: VectorStore, given: T, prefix: string) => Promise<void>;
  /** Dies before each so many writes only; 1 by default. */
  step?: number;
}

/** Dies before each write of `act` in turn, until it comes through; each time another handle finds all in order. */
export async function dieAnywhere<T>(
  double: QdrantDouble,
  { prepare, act, check, step = 1 }: Death<T>,
): Promise<number> {
  const server = { url: double.url, apiKey: null };
  for (let count = 0; ; count += step) {
    const prefix = newPrefix(server);
    const store = await openStore(server, { prefix });
    const given = await prepare(store);
    const { clear, died } = dieAfter(double, count);
    const [end] = await Promise.allSettled([act(store, given)]);
    clear();
    const failed = { reason: appError('STORE_UNAVAILABLE', /HTTP 500/) };
    expect(end).toMatchObject(died() ? failed : { status: 'fulfilled' });
    await check(await openStore(server, { prefix }), given, prefix);
    if (!died()) return count;
  }
}
