import { traverseContractProcedures } from '@orpc/server';
import { contract } from '../../src-core/contract/contract.ts';
import type { CallMeta } from '../../src-core/contract/values.ts';

/** Methods that change nothing. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** What is asked by POST and changes nothing either: a search, a choice of duplicates, and by RPC all that REST gets. */
const READING_POSTS = new Set([
  '/search',
  '/rpc/search/find',
  '/duplicates/choose',
  '/duplicates/choose/count',
  '/rpc/duplicates/choose',
  '/rpc/duplicates/countMarked',
]);
/** Routes that only the full token may ask, though they change nothing. */
const FULL_TOKEN = new Set<string | undefined>();

traverseContractProcedures({ router: contract, path: [] }, ({ contract: { '~orpc': definition }, path }) => {
  if (definition.route.method !== 'GET') return;
  if ((definition.meta as CallMeta).fullToken) FULL_TOKEN.add(definition.route.path!);
  else READING_POSTS.add(`/rpc/${path.join('/')}`);
});

/** Whether a read-only token may ask this. `path` is without a query. */
export function changesNothing(method: string, path: string): boolean {
  return SAFE_METHODS.has(method) || (method === 'POST' && READING_POSTS.has(path));
}

/** Whether a route is closed to a read-only token, though it changes nothing. `route` is as it was added. */
export function needsFullToken(route: string | undefined): boolean {
  return FULL_TOKEN.has(route);
}
