import { AppError } from '../../src-core/domain/app-error.ts';
import type { SourceDesk } from '../client/operator.ts';
import type { Console } from '../console.ts';
import type { SourceSummary } from '../services/sources.ts';

/** Sources of this machine, with the service that a server has too. */
export function createLocalSources(console: Console): SourceDesk {
  async function byId(id: string): Promise<SourceSummary> {
    const source = (await (await console.sources()).list()).find((one) => one.id === id);
    if (source) return source;
    throw new AppError('NOT_FOUND', `there is no source ${id}`);
  }

  return {
    list: async () => (await console.sources()).list(),
    async get(pathOrId, catalog) {
      const { id } = await (await console.catalogs()).get(catalog);
      return (await console.sources()).get(pathOrId, id);
    },
    async setRules({ id }, rules, ask) {
      const source = await byId(id);
      const sources = await console.sources();
      const images = await sources.leftOut(source, rules);
      const tasks = await sources.openTasks(source, rules);
      await ask(images, tasks);
      return { removed: images, cancelled: await sources.setRules(source, rules, images + tasks) };
    },
    async setWatch({ id }, watch) {
      await (await console.sources()).setWatch(await byId(id), watch);
      return byId(id);
    },
    async move({ id }, to) {
      const moved = await (await console.sources()).move(await byId(id), to);
      return { moved, now: await byId(id) };
    },
    async remove({ id }, ask) {
      const source = await byId(id);
      const { pictures, openTasks } = source;
      await ask(pictures, openTasks);
      return { removed: pictures, cancelled: await (await console.sources()).remove(source, pictures + openTasks) };
    },
    async prune(catalog, folder, ask) {
      const { id } = await (await console.catalogs()).get(catalog);
      const sources = await console.sources();
      const missing = await sources.countMissing(id, folder);
      await ask(missing);
      const pruned = await sources.prune(id, folder, missing);
      return { pruned, cameBack: missing - pruned };
    },
    verify: async (wanted) => ({ ...(await (await console.verify())(wanted)), untold: 0 }),
  };
}
