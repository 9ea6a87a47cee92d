import { onTestFinished } from 'vitest';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema, type SettingsInput } from '../../../src-core/settings/schema.ts';
import { createConsole } from '../../../src-main/console.ts';
import { createRoots } from '../../../src-main/http/roots.ts';
import { createServer, type ServerOptions } from '../../../src-main/http/server.ts';
import { startQdrantDouble } from '../../support/qdrant-double/start.ts';
import { tempDir } from '../../support/temp-dir.ts';

export const TOKEN = 'a-token-of-the-tests';
export const AUTH = { authorization: `Bearer ${TOKEN}` };

export const STORES = ['data dir', 'qdrant'] as const;

/** Settings of a server with its store there. */
export async function storeIn(where: (typeof STORES)[number]): Promise<Partial<SettingsInput>> {
  if (where === 'data dir') return {};
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  return { qdrant: { url: double.url } };
}

/** The server over real backends in a data dir of its own, called without a port. There is no fleet. */
export async function testServer(settings: Partial<SettingsInput> = {}, options: Partial<ServerOptions> = {}) {
  const lines: string[] = [];
  const console = createConsole({
    settings: settingsSchema.parse(settings),
    dataDir: await openDataDir(await tempDir()),
    proc: 'test',
    logTo: { write: (line) => void lines.push(line), terminal: false },
  });
  const app = createServer({
    console,
    finder: await console.finder(),
    log: await console.log(),
    roots: createRoots({
      allowed: console.settings.paths.allowRoots,
      imported: async () => [],
      own: [console.uploadsFolder],
      folders: (await console.naming()).folders,
    }),
    token: TOKEN,
    allowedHosts: [],
    fleetTrouble: () => null,
    ...options,
  });
  onTestFinished(async () => {
    await app.close();
    await console.close();
  });
  const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url, payload: payload as object, headers: { ...AUTH, ...headers } });
  const get = (url: string, headers: Record<string, string> = AUTH) => app.inject({ method: 'GET', url, headers });
  return { app, console, lines, post, get };
}
