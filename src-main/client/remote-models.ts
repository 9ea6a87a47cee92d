import { setTimeout as sleep } from 'node:timers/promises';
import { contract } from '../../src-core/contract/contract.ts';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { ModelDesk } from './model-desk.ts';
import { atServer } from './paths.ts';
import type { ServerClient } from './server-client.ts';

const { models } = contract;

const POLL_MS = 500;

export function createRemoteModels(client: ServerClient): ModelDesk {
  const list = async () => (await client.call(models.list)).models;

  async function get(id: string) {
    const all = await list();
    const found = all.find((model) => model.id === id);
    if (found) return found;
    throw new AppError('NOT_FOUND', `there is no model "${id}"; there are: ${all.map((model) => model.id).join(', ')}`);
  }

  return {
    list,
    get,
    download: async (model) => void (await client.call(models.download, { model })),
    async ended(id, signal) {
      for (;;) {
        const { download } = await get(id);
        if (!download) throw new AppError('DOWNLOAD_FAILED', `the server was started again while "${id}" came`);
        const { state, problem } = download;
        if (state === 'failed' && problem) throw new AppError(problem.code, problem.message);
        if (state !== 'running' || signal.aborted) return download;
        await sleep(POLL_MS, undefined, { signal }).catch(() => {}); // aborted
      }
    },
    cancel: async (model) => void (await client.call(models.cancel, { model })),
    add: async (path, as) =>
      (await client.call(models.add, { path: atServer(path), ...(as !== undefined && { as }) })).id,
    remove: async (model) => void (await client.call(models.remove, { model })),
    use: async (model) => void (await client.call(models.use, { model })),
  };
}
