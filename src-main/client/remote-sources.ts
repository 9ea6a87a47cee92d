import type { z } from 'zod';
import { contract } from '../../src-core/contract/contract.ts';
import type { sourceDocument } from '../../src-core/contract/sources.ts';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { ListedSource } from '../documents.ts';
import type { Ask, SourceDesk } from './operator.ts';
import { atServer } from './paths.ts';
import type { ServerClient } from './server-client.ts';

const { sources } = contract;

export function createRemoteSources(client: ServerClient): SourceDesk {
  async function list(catalog?: string): Promise<ListedSource[]> {
    const answer = await client.call(sources.list, catalog === undefined ? {} : { catalog });
    return answer.sources.map(sourceOf);
  }

  return {
    list,
    async get(pathOrId, catalog) {
      const all = await list(catalog);
      const path = plain(atServer(pathOrId));
      const found = all.find(({ id }) => id === pathOrId) ?? all.find((source) => plain(source.path) === path);
      if (found) return found;
      const known = all.map((source) => source.path).join(', ') || 'there is none';
      throw new AppError('NOT_FOUND', `there is no source ${pathOrId} in this catalog; sources: ${known}`);
    },
    async setRules({ id: source_id }, rules, ask) {
      const { removed, cancelled_tasks: cancelled } = await asked(ask, (confirm) =>
        client.call(sources.setRules, { source_id, ...rules, confirm }),
      );
      return { removed, cancelled };
    },
    async setWatch({ id: source_id }, watch) {
      return sourceOf(await client.call(sources.watch, { source_id, watch }));
    },
    async move({ id: source_id }, to) {
      const { moved, ...now } = await client.call(sources.move, { source_id, path: atServer(to) });
      return { moved, now: sourceOf(now) };
    },
    async remove({ id: source_id }, ask) {
      const left = await asked(ask, (confirm) => client.call(sources.remove, { source_id, confirm }));
      return { removed: left.removed, cancelled: left.cancelled_tasks };
    },
    async prune(catalog, given, ask) {
      const folder = given === undefined ? {} : { folder: atServer(given) };
      const answer = await asked(ask, (confirm) => client.call(sources.prune, { catalog, ...folder, confirm }));
      return { pruned: answer.pruned, cameBack: answer.came_back };
    },
    async verify({ catalog, folder, deep, fix, onDifference }) {
      const where = folder === undefined ? { catalog } : { catalog, folder: atServer(folder) };
      const answer = await client.call(sources.verify, { ...where, deep, fix });
      const { found, beyond_repair, ...report } = answer;
      for (const { image_id, ...difference } of found) await onDifference({ ...difference, imageId: image_id });
      const total = Object.values(report.differences).reduce((sum, count) => sum + count, 0);
      return { ...report, beyondRepair: beyond_repair, untold: total - found.length };
    },
  };
}

/** Calls without the number of what would leave; where there are some, the refusal says it, and who is asked agrees. */
async function asked<T>(ask: Ask, call: (confirm?: number) => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const leaving = toConfirm(error);
    if (leaving === null) throw error;
    const { images, tasks } = leaving;
    await ask(images, tasks);
    return call(images + tasks);
  }
}

function toConfirm(error: unknown): { images: number; tasks: number } | null {
  if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') return null;
  const issues = (error.details?.issues ?? []) as { field: string; problem: string }[];
  const { problem = '' } = issues.find(({ field }) => field === 'confirm') ?? {};
  const [, both, images = both, tasks = 0] = /^must be (\d+)(?:: (\d+) pictures, (\d+) tasks)?$/.exec(problem) ?? [];
  return both === undefined ? null : { images: Number(images), tasks: Number(tasks) };
}

const plain = (path: string): string => path.replace(/(?<=.)[/\\]+$/, '');

function sourceOf({
  created_at,
  scanned_at,
  include,
  exclude,
  open_tasks,
  ...source
}: z.output<typeof sourceDocument>): ListedSource {
  return {
    ...source,
    openTasks: open_tasks,
    rules: { include, exclude },
    createdAt: Date.parse(created_at),
    scannedAt: scanned_at === null ? null : Date.parse(scanned_at),
  };
}
