import { setTimeout as sleep } from 'node:timers/promises';
import { contract } from '../../src-core/contract/contract.ts';
import { AppError, type ErrorCode } from '../../src-core/domain/app-error.ts';
import { reEmbeddingDocument } from '../documents.ts';
import type { Cli } from './cli.ts';
import { listenForInterrupt } from './interrupt.ts';
import { showProgress } from './progress.ts';

type Document = Omit<ReturnType<typeof reEmbeddingDocument>, 'problem'> & {
  problem: { code: ErrorCode; message: string } | null;
};

interface Wanted {
  model: string | undefined;
  leaveOut: number;
  keepOld: boolean;
}

/** A catalog's way to another model: in this process, or at a server. */
export interface ReEmbedDesk {
  /** Whether it goes on without this command. */
  goesOn: boolean;
  start(wanted: Wanted & { model: string }): Promise<Document>;
  get(): Promise<Document | null>;
  cancel(): Promise<void>;
}

const POLL_MS = 200;

export async function reEmbedDesk(cli: Cli, catalog: string): Promise<ReEmbedDesk> {
  const server = await cli.server();
  if (server) {
    const { catalogs } = contract;
    return {
      goesOn: true,
      start: ({ model, leaveOut, keepOld }) =>
        server.call(catalogs.reEmbed, { catalog, model, leave_out: leaveOut, keep_old: keepOld }),
      get: () => server.call(catalogs.reEmbedding, { catalog }),
      cancel: async () => void (await server.call(catalogs.cancelReEmbed, { catalog })),
    };
  }
  const { console } = cli;
  const service = await console.reEmbeddings(await console.finder());
  return {
    goesOn: false,
    start: async (wanted) => reEmbeddingDocument(await service.start({ catalog, ...wanted })),
    async get() {
      const found = await service.get(catalog);
      return found && reEmbeddingDocument(found);
    },
    cancel: () => service.cancel(catalog),
  };
}

/** Starts it, or goes on with it, and shows how far it is, until its end or Ctrl-C. Throws why it could not be. */
export async function followReEmbedding(cli: Cli, desk: ReEmbedDesk, { model, ...wanted }: Wanted): Promise<Document> {
  if (model === undefined) throw new AppError('INVALID_INPUT', '--model: which one should it go over to?');
  const interrupt = listenForInterrupt(cli.io);
  try {
    let now = await desk.start({ model, ...wanted });
    const view = await showProgress(
      cli,
      async () => progressOf(now),
      () => {},
    );
    try {
      while (!interrupt.signal.aborted && (now.state === 'running' || now.state === 'waiting')) {
        await sleep(POLL_MS, undefined, { signal: interrupt.signal }).catch(() => {}); // aborted
        const next = await desk.get();
        if (!next)
          throw new AppError('CANCELLED', `somebody has cancelled that “${now.catalog}” goes over to ${model}`);
        now = next;
      }
    } finally {
      await view.stop();
    }
    if (now.problem) throw new AppError(now.problem.code, now.problem.message);
    return now;
  } finally {
    interrupt.stop();
  }
}

function progressOf({ total, done, failed, state }: Document) {
  const note = state === 'waiting' ? 'imports and tasks of the catalog have to end first' : null;
  return { discovered: total, done: Math.min(total, done + failed), failed, walking: false, rate: null, note };
}
