import { AppError } from '../domain/app-error.ts';

type Raw = Record<string, unknown>;

/** Step n turns settings of version n + 1 into version n + 2. Empty as long as there is one version. */
const UPGRADES: readonly ((settings: Raw) => Raw)[] = [];

/** Brings settings of an older version up to date, step by step; `steps` is for tests. Throws INVALID_SETTINGS. */
export function upgradeSettings(settings: Raw, steps: readonly ((settings: Raw) => Raw)[] = UPGRADES): Raw {
  const newest = steps.length + 1;
  const version = settings.version ?? newest;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new AppError('INVALID_SETTINGS', `version: ${JSON.stringify(version)} is not a version of the settings`);
  }
  if (version > newest) {
    throw new AppError(
      'INVALID_SETTINGS',
      `version: ${version} is newer than this program's ${newest}; update Imagefleet`,
    );
  }
  let upgraded = settings;
  for (const step of steps.slice(version - 1)) upgraded = step(upgraded);
  return { ...upgraded, version: newest };
}
