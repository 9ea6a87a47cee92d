import { dirname } from 'node:path';
import { implement } from '@orpc/server';
import { modelsContract } from '../../../src-core/contract/system.ts';
import type { ApiParts } from '../procedures.ts';

export function modelProcedures({ console }: Pick<ApiParts, 'console'>) {
  const api = implement(modelsContract);
  const { settings, dataDir } = console;

  return api.router({
    list: api.list.handler(async () => {
      const found = await console.models();
      return {
        models: found.map(({ manifest, problem, dir, file }) => ({
          id: manifest?.id ?? file.replace(/\.json$/, ''),
          in_use: manifest?.id === settings.model.id,
          dimension: manifest?.output.dimension ?? null,
          input_size: manifest?.input.size ?? null,
          license: manifest?.license ?? null,
          source: manifest?.source ?? null,
          built_in: dirname(dir) !== dataDir.root,
          problem: problem && { code: problem.code, message: problem.message },
        })),
      };
    }),
  });
}
