import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFinderClient } from '../../../src-main/fleet/finder-client.ts';
import { quickSettings } from '../../support/fleet-settings.ts';
import { eventually, notedHost, recordedLog } from '../../support/fleet.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function client(env: Record<string, string> = {}, requestMs = 20_000) {
  const host = notedHost();
  const finder = createFinderClient({
    host,
    entry: fileURLToPath(new URL('../../support/fleet-finder.ts', import.meta.url)),
    settings: quickSettings(),
    dataDir: '/nowhere',
    log: recordedLog().log,
    env: { FLEET_TEST_FINDER_DIR: await tempDir(), ...env },
    requestMs,
  });
  onTestFinished(() => finder.close());
  /** The edge that was asked for, and in which process, counted from 1. */
  const thumbnail = async (path: string, edge = 64): Promise<number[]> => [...(await finder.thumbnail(path, edge))];
  return { finder, host, thumbnail };
}

const find = { catalog: 'shoes', like: [{ path: '/a.jpg' }], limit: 10 };

describe('the finder client', () => {
  it('starts the process with the first request, and one only', async () => {
    const { finder, host, thumbnail } = await client();
    expect(host.pids()).toEqual([]);
    const [found, ...small] = await Promise.all([finder.find(find), thumbnail('a', 16), thumbnail('b', 32)]);
    expect(found.catalog.name).toBe('shoes');
    expect(small).toEqual([
      [16, 1],
      [32, 1],
    ]);
    expect(host.pids()).toHaveLength(1);
  });

  it('matches answers that come in another order', async () => {
    const { thumbnail } = await client();
    expect(await Promise.all([thumbnail('slow', 16), thumbnail('a', 32)])).toEqual([
      [16, 1],
      [32, 1],
    ]);
  });

  it('hands over errors, and refuses an answer of another shape', async () => {
    const { thumbnail } = await client();
    await expect(thumbnail('missing')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', message: 'it is gone' });
    await expect(thumbnail('nonsense')).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('asks once more when the process dies', async () => {
    const { thumbnail, host } = await client();
    expect(await Promise.all([thumbnail('slow', 16), thumbnail('poison-once', 32)])).toEqual([
      [16, 2],
      [32, 2],
    ]);
    expect(host.alive()).toHaveLength(1);
  });

  it('gives up on a request that kills it twice, and serves the next', async () => {
    const { thumbnail } = await client();
    await expect(thumbnail('poison')).rejects.toMatchObject({ code: 'WORKER_LOST', retryable: true });
    expect(await thumbnail('a', 16)).toEqual([16, 3]);
  });

  it('starts anew after a death between requests', async () => {
    const { thumbnail, host } = await client();
    await thumbnail('a');
    host.children[0]?.kill('SIGKILL');
    await host.children[0]?.exited;
    expect(await thumbnail('a', 16)).toEqual([16, 2]);
  });

  it('kills a process that is stuck, and starts another', async () => {
    const { thumbnail, host } = await client({}, 5_000);
    await expect(thumbnail('stuck')).rejects.toMatchObject({ code: 'WORKER_LOST', retryable: true });
    expect((await thumbnail('a', 16))[0]).toBe(16);
    expect(host.pids()).toHaveLength(2);
    expect(host.alive()).toEqual(host.pids().slice(1));
  });

  it('says why it cannot start', async () => {
    const { finder, host } = await client({ FLEET_TEST_FINDER_FATAL: 'no model "m"' });
    await expect(finder.find(find)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: 'no model "m"' });
    await eventually(() => expect(host.alive()).toEqual([]));
  });

  it('refuses one of another protocol', async () => {
    const { finder, host } = await client({ FLEET_TEST_FINDER_PROTOCOL: '0' });
    await expect(finder.find(find)).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' });
    await eventually(() => expect(host.alive()).toEqual([]));
  });

  it('leaves no process and no request behind when it is closed, once or twice', async () => {
    const { finder, host, thumbnail } = await client();
    const waiting = thumbnail('slow').catch((error: unknown) => error);
    await Promise.all([finder.close(), finder.close()]);
    expect(await waiting).toMatchObject({ code: 'CANCELLED' });
    expect(host.alive()).toEqual([]);
    await expect(thumbnail('a')).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(host.pids()).toHaveLength(1);
  });
});
