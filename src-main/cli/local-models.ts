import type { ModelDesk } from '../client/model-desk.ts';
import type { Console } from '../console.ts';
import { downloadDocument, modelDocument } from '../documents.ts';

/** Models of this data dir, with the service that a server has too. */
export function createLocalModels(console: Console): ModelDesk {
  const models = () => console.models();

  return {
    list: async () => (await (await models()).list()).map(modelDocument),
    get: async (id) => modelDocument(await (await models()).get(id)),
    download: async (id) => (await models()).download(id),
    async ended(id, signal) {
      const { cancel, finished } = await models();
      const stop = (): void => void cancel(id).catch(() => {}); // it may just have ended
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
      try {
        const end = await finished(id);
        if (end.error && end.state !== 'cancelled') throw end.error;
        return downloadDocument(end);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    cancel: async (id) => (await models()).cancel(id),
    add: async (path, as) => (await models()).add(path, as),
    remove: async (id) => (await models()).remove(id),
    use: async (id) => (await models()).use(id),
  };
}
