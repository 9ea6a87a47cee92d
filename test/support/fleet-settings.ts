import { settingsSchema, type SettingsInput } from '../../src-core/settings/schema.ts';

/** Settings with which a fleet reacts within a test's patience. */
export function quickSettings(fleet: SettingsInput['fleet'] = {}) {
  return settingsSchema.parse({
    fleet: { heartbeatMs: 50, watchdogMs: 20_000, drainMs: 20_000, restartBackoffMs: 20, crashLoopAfter: 3, ...fleet },
  });
}
