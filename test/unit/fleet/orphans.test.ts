import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { uuidV5 } from '../../../src-core/domain/identity.ts';
import type { WorkerStatus } from '../../../src-core/domain/worker-status.ts';
import { openQueue, openStore } from '../../../src-core/open-backends.ts';
import { openDataDir, type DataDir } from '../../../src-core/settings/data-dir.ts';
import { eventually } from '../../support/fleet.ts';
import { quickSettings } from '../../support/fleet-settings.ts';
import { makePictures } from '../../support/pictures.ts';
import { isAlive, processInfo } from '../../support/proc.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A host process with real workers; its heartbeats as they come. */
function startHost(dataDir: DataDir, workers: number, env: Record<string, string> = {}) {
  const host = fork(new URL('../../support/fleet-host.ts', import.meta.url), [dataDir.root, String(workers)], {
    env: { ...process.env, ...env },
    execArgv: [],
  });
  const newest = new Map<number, WorkerStatus>();
  host.on('message', (message) => {
    const status = message as WorkerStatus;
    newest.set(status.pid, status);
  });
  onTestFinished(() => {
    for (const pid of [host.pid!, ...newest.keys()]) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  return { host, newest, pids: () => [...newest.keys()] };
}

async function kill(host: ChildProcess): Promise<void> {
  host.kill('SIGKILL');
  await once(host, 'exit');
}

async function enqueuePicture(dataDir: DataDir, path: string): Promise<void> {
  const settings = quickSettings();
  const [queue, store] = [await openQueue(settings, dataDir), await openStore(settings, dataDir)];
  const catalog = await store.ensureCatalog({ name: 'default', model: 'default-160', dimension: 256 });
  const imageId = uuidV5(catalog.id, path);
  const payload = { path, canonicalName: path, imageId, sourceId: null, root: null };
  await queue.enqueue([{ id: imageId, catalogId: catalog.id, payload }]);
  await queue.close();
  await store.close();
}

// Real workers load a model and native libraries first, and a stuck one has a grace of some seconds.
describe('workers whose host is killed', { timeout: 120_000 }, () => {
  it('end when they are idle', async () => {
    const { host, pids } = startHost(await openDataDir(await tempDir()), 2);
    await eventually(() => expect(pids()).toHaveLength(2));
    await kill(host);
    await eventually(() => expect(pids().filter(isAlive)).toEqual([]));
  });

  it('end when they are stuck in native code', async () => {
    const folder = await tempDir();
    const dataDir = await openDataDir(join(folder, 'data'));
    const [picture = ''] = await makePictures(join(folder, 'pictures'), 1);
    await enqueuePicture(dataDir, picture);
    const { host, newest, pids } = startHost(dataDir, 1, { IMAGEFLEET_TEST_HANG: picture });
    let heard = { beat: '', at: 0 };
    const stuck = await eventually(() => {
      const pid = pids().find(isAlive);
      const beat = JSON.stringify(newest.get(pid ?? 0));
      if (beat !== heard.beat) heard = { beat, at: performance.now() };
      if (pid === undefined || performance.now() - heard.at < 1_000) throw new Error('no worker has fallen silent');
      return pid;
    });
    expect(processInfo(stuck)?.parent).toBe(host.pid);
    await kill(host);
    await eventually(() => expect(pids().filter(isAlive)).toEqual([]));
  });

  it('are none after a stop', async () => {
    const { host, pids } = startHost(await openDataDir(await tempDir()), 1);
    await eventually(() => expect(pids()).toHaveLength(1));
    host.send('stop');
    expect(await once(host, 'exit')).toEqual([0, null]);
    expect(pids().filter(isAlive)).toEqual([]);
  });
});
