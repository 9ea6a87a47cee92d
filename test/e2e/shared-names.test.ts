import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CliProcess, startCli } from '../support/cli.ts';
import { copyJson } from '../support/copies.ts';
import { newMachine, newMachineWith, startServers } from '../support/machines.ts';
import { picture } from '../support/pictures.ts';
import { tempDir } from '../support/temp-dir.ts';

const PICTURES = 10;

/** One machine grew out of its embedded pair; another joins, which has the same folder elsewhere. */
async function openTwo() {
  const first = await newMachineWith(PICTURES);
  const servers = await startServers({ redis: true, qdrant: true }, first);
  await copyJson(first.dataDir, '--to-qdrant', servers.qdrantUrl!);
  const second = { ...(await newMachine()), folder: join(await tempDir(), 'nas') };
  await symlink(first.folder, second.folder);
  return { first, second, ...servers };
}

async function end({ child, ended }: CliProcess): Promise<void> {
  if (child.exitCode === null) child.kill('SIGTERM');
  await ended;
}

// Many processes, one after another, on a machine that may be busy.
describe('a source from before the store was shared', { timeout: 240_000 }, () => {
  it('is read by its own machine, though another one has a file at the same path', async () => {
    const { first, second, on, queue } = await openTwo();
    await writeFile(join(first.folder, 'new.png'), await picture(501));
    const worker = startCli(second.dataDir, ['worker', '--workers', '1', '--worker-id', 'second', ...on]);
    onTestFinished(() => end(worker));
    await vi.waitFor(async () => expect(await queue.workers()).toHaveLength(1), { timeout: 60_000, interval: 100 });

    const alone = ['index', first.folder, '--workers', '0', '--json', '--set', 'queue.unseenRetryMs=100', ...on];
    const { stdout } = await startCli(first.dataDir, alone).ended;
    expect(JSON.parse(stdout)).toMatchObject({ completed: 0, skipped: PICTURES, errors: { NO_WORKER_SEES_IT: 1 } });
    await end(worker);
    expect(await first.index(first.folder, ...on)).toMatchObject({ completed: 1, skipped: PICTURES, failed: 0 });
  });

  it('is the same on another machine that shares its folder under the path that it has on its own', async () => {
    const { first, second, on, records } = await openTwo();
    const map = ['--path-map', `${first.folder}=${second.folder}`];
    const own = ['--path-map', `${first.folder}=${first.folder}`];
    expect(await second.index(second.folder, ...on, ...map)).toMatchObject({ completed: 0, skipped: PICTURES });
    await writeFile(join(second.folder, 'new.png'), await picture(501));
    expect(await second.index(second.folder, ...on, ...map)).toMatchObject({ completed: 1, skipped: PICTURES });
    expect(await first.index(first.folder, ...on, ...own)).toMatchObject({ completed: 0, skipped: PICTURES + 1 });
    expect((await records()).get(join(first.folder, 'new.png'))).toBeDefined();
    expect(await records()).toHaveProperty('size', PICTURES + 1);
    for (const { json } of [first, second]) expect(await json('verify', ...on)).toMatchObject({ total: 0 });
  });

  it('comes under another shared name when it is removed and indexed again, and nothing is decoded', async () => {
    const { first, second, on, records } = await openTwo();
    const shares = ({ folder }: { folder: string }): string[] => ['--path-map', `/shared=${folder}`, ...on];
    await second.index(second.folder, ...shares(second));
    expect(await records()).toHaveProperty('size', 2 * PICTURES);
    expect(await first.index(first.folder, ...shares(first))).toMatchObject({ completed: 0, skipped: PICTURES });
    expect(await records()).toHaveProperty('size', 2 * PICTURES);

    await first.json('sources', 'remove', first.folder, '--yes', String(PICTURES), ...on);
    expect(await first.index(first.folder, ...shares(first))).toMatchObject({ completed: 0, skipped: PICTURES });
    const names = [...(await records()).keys()];
    expect(names).toHaveLength(PICTURES);
    expect(names.filter((name) => !name.startsWith('/shared/'))).toEqual([]);
    for (const { json } of [first, second]) expect(await json('verify', ...on)).toMatchObject({ total: 0 });
  });
});
