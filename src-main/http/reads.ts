import { traverseContractProcedures } from '@orpc/server';
import { contract } from '../../src-core/contract/contract.ts';

/** Methods that change nothing. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** What is asked by POST and changes nothing either: a search, whose question is a body, and by RPC all that REST gets. */
const READING_POSTS = new Set(['/search', '/rpc/search/find']);
traverseContractProcedures({ router: contract, path: [] }, ({ contract: { '~orpc': definition }, path }) => {
  if (definition.route.method === 'GET') READING_POSTS.add(`/rpc/${path.join('/')}`);
});

/** Whether a read-only token may ask this. `path` is without a query. */
export function changesNothing(method: string, path: string): boolean {
  return SAFE_METHODS.has(method) || (method === 'POST' && READING_POSTS.has(path));
}
