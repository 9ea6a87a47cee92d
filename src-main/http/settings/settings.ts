import { isDeepStrictEqual } from 'node:util';
import { implement } from '@orpc/server';
import { settingsContract } from '../../../src-core/contract/system.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { environmentName, readSettingsFile, settingPaths, settingsFile } from '../../../src-core/settings/load.ts';
import { saveSettings } from '../../../src-core/settings/save.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { upgradeSettings } from '../../../src-core/settings/upgrades.ts';
import type { ApiParts } from '../procedures.ts';

const SECRETS = new Set(['qdrant.apiKey']);

/** Whoever has the token would else let himself read the whole machine, or let the server call any address in its network. */
const NOT_BY_API = new Set(['paths.allowRoots', 'paths.map', 'http.fetchUrls', 'models.mirror', 'tracing.endpoint']);

/** The rest is read when the server starts. */
const AT_ONCE = new Set(['fleet.workers']);

export function settingsProcedures({ console }: Pick<ApiParts, 'console'>) {
  const api = implement(settingsContract);

  return api.router({
    get: api.get.handler(async () => {
      const defaults = settingsSchema.parse({});
      const next = await console.nextSettings();
      const saved = upgradeSettings(await readSettingsFile(settingsFile(console.dataDir.root)));
      const file = settingsSchema.parse(saved);
      const settings = settingPaths()
        .filter(([path]) => path !== 'version')
        .map(([path, schema]) => {
          const value = at(console.settings, path);
          const document = {
            value: told(path, path === 'fleet.workers' ? (console.fleet()?.wanted() ?? value) : value),
            next: told(path, at(next, path)),
            is_saved: at(saved, path) !== undefined,
            is_overridden: !isDeepStrictEqual(at(next, path), at(file, path)),
            may_change: !NOT_BY_API.has(path),
            default: at(defaults, path),
            is_set: value !== null && value !== undefined,
            description: schema.description ?? '',
            variable: environmentName(path),
            takes_effect: AT_ONCE.has(path) ? ('at once' as const) : ('at the next start' as const),
          };
          return [path, document] as const;
        });
      return { settings: Object.fromEntries(settings) };
    }),

    test: api.test.handler(({ input: { redis_url, qdrant_url, qdrant_api_key } }) =>
      console.testServers({ redisUrl: redis_url, qdrantUrl: qdrant_url, qdrantApiKey: qdrant_api_key }),
    ),

    set: api.set.handler(async ({ input: { changes } }) => {
      const changed = Object.keys(changes);
      const refused = changed.find((path) => NOT_BY_API.has(path));
      if (refused !== undefined) {
        throw new AppError(
          'FORBIDDEN',
          `${refused} is not set by the API; ${environmentName(refused)} or the settings file does`,
        );
      }
      await saveSettings(console.dataDir.root, changes);
      // `auto` is counted at the start.
      const workers = changes['fleet.workers'];
      const resized = typeof workers === 'number' && console.fleet() !== null;
      if (resized) console.fleet()?.resize(workers);
      return { changed, restart_needed: changed.some((path) => path !== 'fleet.workers' || !resized) };
    }),
  });
}

function at(settings: unknown, path: string): unknown {
  return path.split('.').reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], settings);
}

/** A secret is never said, and addresses of servers may carry a password. */
function told(path: string, value: unknown): unknown {
  if (SECRETS.has(path)) return null;
  return typeof value === 'string' ? value.replace(/^([\w+.-]+:\/\/)[^@/]*@/, '$1***@') : value;
}
