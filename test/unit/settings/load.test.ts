import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentName, loadSettings, settingPaths } from '../../../src-core/settings/load.ts';
import { upgradeSettings } from '../../../src-core/settings/upgrades.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dirWith = async (settings: string): Promise<string> => {
  const dataDir = await tempDir();
  await writeFile(join(dataDir, 'settings.json'), settings);
  return dataDir;
};

describe('loadSettings', () => {
  it('takes flags over environment over file over defaults', async () => {
    const dataDir = await dirWith('{"fleet": {"workers": 2, "heartbeatMs": 900}, "batch": {"size": 4}}');
    const settings = await loadSettings({
      dataDir,
      env: { IMAGEFLEET_FLEET_WORKERS: '3', IMAGEFLEET_FLEET_HEARTBEAT_MS: '800' },
      flags: { 'fleet.workers': 5 },
    });
    expect(settings.fleet.workers).toBe(5);
    expect(settings.fleet.heartbeatMs).toBe(800);
    expect(settings.batch.size).toBe(4);
    expect(settings.queue.leaseMs).toBe(30_000);
  });

  it('is all defaults in an empty data dir', async () => {
    const settings = await loadSettings({ dataDir: await tempDir(), env: {} });
    expect(settings).toMatchObject({ version: 1, fleet: { workers: 'auto' }, model: { id: 'default-160' } });
  });

  it.each([
    ['{"fleet": {"workers": -1}}', /fleet\.workers/],
    ['{"fleet": {"wrokers": 1}}', /wrokers/],
    ['{"version": 99}', /version: 99 is newer/],
    ['{"version": "x"}', /version: "x"/],
    ['not json', /settings\.json/],
    ['[]', /one JSON object/],
  ])('refuses %s by name', async (text, message) => {
    const dataDir = await dirWith(text);
    await expect(loadSettings({ dataDir, env: {} })).rejects.toMatchObject({
      code: 'INVALID_SETTINGS',
      message: expect.stringMatching(message),
    });
  });

  it('refuses a wrong variable by the setting’s name', async () => {
    const dataDir = await tempDir();
    await expect(loadSettings({ dataDir, env: { IMAGEFLEET_QUEUE_LEASE_MS: 'soon' } })).rejects.toMatchObject({
      code: 'INVALID_SETTINGS',
      message: expect.stringContaining('queue.leaseMs'),
    });
  });

  it('has a variable of its own for every setting', () => {
    const names = settingPaths().map(([path]) => environmentName(path));
    expect(new Set(names).size).toBe(names.length);
    expect(environmentName('limits.maxBytes')).toBe('IMAGEFLEET_LIMITS_MAX_BYTES');
  });
});

describe('upgradeSettings', () => {
  const steps = [
    (settings: Record<string, unknown>) => ({ ...settings, renamed: settings.old }),
    (settings: Record<string, unknown>) => ({ ...settings, added: true }),
  ];

  it('runs the steps from the version that was found, and no other', () => {
    expect(upgradeSettings({ version: 1, old: 7 }, steps)).toMatchObject({ version: 3, renamed: 7, added: true });
    expect(upgradeSettings({ version: 2, old: 7 }, steps)).toEqual({ version: 3, old: 7, added: true });
    expect(upgradeSettings({ version: 3 }, steps)).toEqual({ version: 3 });
  });
});
