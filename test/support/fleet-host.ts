/*
 * A host in a process of its own, to be killed: runs a fleet of real workers on a data dir and sends their pids.
 * Arguments: data dir, number of workers.
 */
import { openQueue } from '../../src-core/open-backends.ts';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { createLogger } from '../../src-core/telemetry/log.ts';
import { startFleet } from '../../src-main/fleet/local-fleet.ts';
import { quickSettings } from './fleet-settings.ts';

const dataDir = await openDataDir(process.argv[2]);
const settings = quickSettings();
const queue = await openQueue(settings, dataDir);
const fleet = await startFleet({
  settings,
  dataDir: dataDir.root,
  queue,
  log: createLogger({ proc: 'host', level: 'warn', format: 'json' }),
  workers: Number(process.argv[3]),
  onEvent(event) {
    if (event.type === 'heartbeat') process.send?.(event.status);
  },
});
process.on('message', () => void stop());

async function stop(): Promise<void> {
  await fleet.stop();
  await queue.close();
  process.disconnect();
}
