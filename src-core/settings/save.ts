import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { AppError, parseOrThrow } from '../domain/app-error.ts';
import { readSettingsFile, setPath, settingPaths, settingsFile } from './load.ts';
import { settingsSchema } from './schema.ts';
import { upgradeSettings } from './upgrades.ts';

/**
 * Writes settings, by dotted path, into the data dir's file; null takes one out again, so that its default holds. All or
 * nothing, and never half a file. A process that runs keeps what it was started with. Throws INVALID_INPUT, which
 * names the field, INVALID_SETTINGS for a file that is damaged already, and DATA_DIR_UNUSABLE.
 */
export async function saveSettings(dataDir: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const known = new Set(settingPaths().map(([path]) => path));
  const unknown = Object.keys(changes).find((path) => !known.has(path) || path === 'version');
  if (unknown !== undefined) {
    const issues = [{ field: unknown, problem: 'there is no such setting' }];
    throw new AppError('INVALID_INPUT', `there is no setting "${unknown}"`, { details: { issues } });
  }
  const file = settingsFile(dataDir);
  const all = upgradeSettings(await readSettingsFile(file));
  for (const [path, value] of Object.entries(changes)) setPath(all, path, value ?? undefined);
  parseOrThrow(settingsSchema, all, 'settings');
  const made = `${file}.${randomUUID()}`;
  try {
    // It may hold the key of a server.
    await writeFile(made, `${JSON.stringify(all, null, 2)}\n`, { flag: 'wx', mode: 0o600, flush: true });
    await rename(made, file);
  } catch (error) {
    await rm(made, { force: true });
    throw new AppError('DATA_DIR_UNUSABLE', `${file}: ${(error as Error).message}`, { cause: error });
  }
}
