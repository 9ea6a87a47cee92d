import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { copyJson, withStore } from '../support/copies.ts';
import { type Machine, newMachineWith, recordsIn, startServers } from '../support/machines.ts';
import { picture } from '../support/pictures.ts';
import { tempDir } from '../support/temp-dir.ts';

const PICTURES = 20;

/** What happens to a folder between two imports: two new pictures, another one under an old name, one gone, one moved. */
async function change(folder: string, first: number) {
  const at = (n: number): string => join(folder, 'part-0', `picture-${String(n).padStart(5, '0')}.png`);
  const added = [join(folder, `new-${first}.png`), join(folder, `new-${first + 1}.png`)];
  for (const [i, path] of added.entries()) await writeFile(path, await picture(500 + first + i));
  await writeFile(at(first), await picture(700 + first));
  await rm(at(first + 1));
  const moved = { from: at(first + 2), to: join(folder, `moved-${first}.png`) };
  await rename(moved.from, moved.to);
  return { added, changed: at(first), gone: at(first + 1), moved, untouched: at(first + 3) };
}

/** Where the catalog moves to a server: else it is there already. */
async function copyThere({ dataDir }: Machine, url: string | null): Promise<void> {
  if (url === null) return;
  expect(await copyJson(dataDir, '--to-qdrant', url)).toMatchObject({ copied: PICTURES });
}

/** What was left behind still has a picture under the name that it had then, and is dropped before the copy back. */
async function copyBack({ dataDir, json }: Machine, url: string | null, records: number): Promise<void> {
  if (url === null) return;
  const backup = ['--from-qdrant', url, '--to-folder', join(await tempDir(), 'backup')];
  expect(await copyJson(dataDir, ...backup)).toMatchObject({ copied: records, compared: records });
  await expect(copyJson(dataDir, '--from-qdrant', url)).rejects.toThrow(/COPY_DIFFERS.* 1 more/);
  await json('catalogs', 'drop', 'default', '--yes', String(records + 1));
  expect(await copyJson(dataDir, '--from-qdrant', url)).toMatchObject({ copied: records });
}

/** Paths of the import's tasks: nothing else was read. */
async function readBy(queue: TaskQueue, importId: string): Promise<string[]> {
  const { items } = await queue.list({ importId }, 1_000);
  return items.map(({ payload }) => payload.path as string).toSorted();
}

/** What `verify --json` says where folders, known files and store agree. */
const allWell = (records: number) => ({ total: 0, failed_before: {}, notes: [], checked: { records } });

// Many processes, one after another, on a machine that may be busy.
describe('growing out of the embedded pair', { timeout: 240_000 }, () => {
  it.each([
    ['to Redis and Qdrant', { redis: true, qdrant: true }],
    ['to Qdrant alone', { redis: false, qdrant: true }],
    ['to Redis alone', { redis: true, qdrant: false }],
  ])('%s and back reads only what is new or changed', async (_, which) => {
    const machine = await newMachineWith(PICTURES);
    const { folder, dataDir, index, find, json } = machine;
    const { on, queue, qdrantUrl, records } = await startServers(which, machine);
    await copyThere(machine, qdrantUrl);
    const before = await records();

    const there = await change(folder, 0);
    const grown = await index(folder, ...on);
    expect(grown).toMatchObject({ completed: 3, moved: 1, missing: 1, skipped: PICTURES - 3, failed: 0 });
    expect(await readBy(queue, grown.import_id)).toEqual([...there.added, there.changed].toSorted());
    const after = await records();
    const names = new Set([...before.keys(), ...there.added, there.moved.to]);
    names.delete(there.moved.from);
    expect([...after.keys()].toSorted()).toEqual([...names].toSorted());
    expect(after.get(there.gone)?.missingSince).toEqual(expect.any(Number));
    expect(after.get(there.untouched)).toEqual(before.get(there.untouched));
    expect(await json('verify', '--deep', ...on)).toMatchObject(allWell(after.size));
    expect(await find(there.added[0]!, ...on)).toBe(there.added[0]);
    expect(await find(there.untouched, ...on)).toBe(there.untouched);

    await copyBack(machine, qdrantUrl, after.size);
    const home = await change(folder, 10);
    await writeFile(there.changed, await picture(900));
    const back = await index(folder);
    expect(back).toMatchObject({ completed: 4, moved: 1, skipped: after.size - 5, failed: 0 });
    // Also over what Redis gave out: the claims of every queue rise with the clock, so that the store takes the newer.
    const written = await withStore(dataDir, recordsIn);
    for (const path of [...home.added, home.changed, there.changed]) {
      expect(written.get(path)).toMatchObject({ importId: back.import_id });
    }
    expect(await json('verify', '--deep')).toMatchObject(allWell(written.size));
    expect(await find(home.added[1]!)).toBe(home.added[1]);
    expect(await find(there.changed)).toBe(there.changed);
  });
});
