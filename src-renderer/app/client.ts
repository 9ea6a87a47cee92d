import type { ContractRouterClient, InferContractRouterOutputs } from '@orpc/contract';
import { createORPCClient } from '@orpc/client';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { contract } from '../../src-core/contract/contract.ts';
import type { Transport } from './transport.ts';

/** The whole API, typed: `client.queue.stats()`. */
export type ApiClient = ContractRouterClient<typeof contract>;
/** What each procedure answers: `Answers['queue']['tasks']['tasks'][number]`. */
export type Answers = InferContractRouterOutputs<typeof contract>;
export type Api = ReturnType<typeof createApi>;

/** `api.queue.stats.queryOptions()`, `.mutationOptions()`, `.key()`; and `api.queue.stats.call(input)` without a cache. */
export function createApi(transport: Transport) {
  const client: ApiClient = createORPCClient(transport.link);
  return createTanstackQueryUtils(client);
}
