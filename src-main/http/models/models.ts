import { implement } from '@orpc/server';
import { modelsContract } from '../../../src-core/contract/models.ts';
import { modelDocument } from '../../documents.ts';
import type { ApiParts } from '../procedures.ts';
import { followDownloads } from './follow-downloads.ts';

export function modelProcedures({ console, finder, roots }: Pick<ApiParts, 'console' | 'finder' | 'roots'>) {
  const api = implement(modelsContract);
  const documentOf = async (id: string) => modelDocument(await (await console.models()).get(id));

  return api.router({
    list: api.list.handler(async () => {
      const models = await (await console.models()).list();
      return { models: models.map(modelDocument) };
    }),

    add: api.add.handler(async ({ input }) => {
      const { path } = await roots.check(input.path);
      return documentOf(await (await console.models()).add(path, input.as));
    }),

    download: api.download.handler(async ({ input: { model } }) => {
      await (await console.models()).download(model);
      return documentOf(model);
    }),

    cancel: api.cancel.handler(async ({ input: { model } }) => {
      await (await console.models()).cancel(model);
      return documentOf(model);
    }),

    remove: api.remove.handler(async ({ input: { model } }) => {
      await (await console.models()).remove(model);
      return { removed: model };
    }),

    use: api.use.handler(async ({ input: { model } }) => {
      await (await console.models()).use(model);
      return { used: model, restart_needed: model !== console.settings.model.id };
    }),

    measure: api.measure.handler(async () => {
      const { id: model, threads } = console.settings.model;
      const figures = await finder.measureProviders();
      const providers = figures.map(({ picturesPerSecond, ...rest }) => ({
        ...rest,
        pictures_per_second: picturesPerSecond,
      }));
      return { model, threads, providers };
    }),

    events: api.events.handler(async function* ({ signal }) {
      for await (const event of followDownloads(await console.models(), signal)) if (event !== 'ping') yield event;
    }),
  });
}
