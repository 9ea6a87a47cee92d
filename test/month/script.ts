import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CAN_MOUNT, mount } from '../support/mount.ts';
import { makePictures } from '../support/pictures.ts';
import { listFolder } from './listing.ts';
import { documentOf, hasEnded, killGroup, refusalOf, runsUntil, start } from './command.ts';
import { createHands } from './days.ts';
import { openLiveMonth } from './live-month.ts';

export interface MonthReport {
  days: number;
  kills: { done: number; tooLate: number };
  /** Whether a drive could be mounted here; else a renamed root had to stand for it. */
  mounted: boolean;
}

/** A scripted month of a folder of `count` pictures (300 to 5,000, a multiple of 300); throws at the first difference. */
export async function scriptedMonth(dir: string, count: number, log: (line: string) => void): Promise<MonthReport> {
  const month = await openLiveMonth(dir, count);
  const hands = createHands(month, dir);
  const part = count / 100;
  let days = 0;
  let mounted = false;

  async function day(what: string, live: () => Promise<void>): Promise<void> {
    const began = performance.now();
    days++;
    await live();
    log(`day ${days}: ${what} (${Math.round(performance.now() - began)} ms)`);
  }

  await day('the first import', async () => {
    const made = await makePictures(month.root, count, count / 6);
    const kept = await makePictures(join(dir, 'library'), count * 2, count / 6);
    const { pictures } = await listFolder(join(dir, 'library'), month.rules);
    for (const path of kept) month.library.set(pictures.get(path)!.contentHash, path);
    expect(made).toHaveLength(count);
    await month.import();
  });
  await day('single moves and renames', async () => {
    await hands.moveInto(hands.in('part-0/sorted'), await hands.some(3 * part));
    await month.import();
  });
  await day('a folder renamed at the top', async () => {
    await rename(hands.in('part-1'), hands.in('archive'));
    await month.import();
  });
  await day('a folder nested in another', async () => {
    await rename(hands.in('archive'), hands.in('part-2/archive'));
    await month.import();
  });
  await day('two renames in one step', async () => {
    await rename(hands.in('part-4'), hands.in('part-6'));
    await rename(hands.in('part-3'), hands.in('part-4'));
    const [b, a] = await hands.some(2);
    await rename(b!, `${b!}-second.png`);
    await rename(a!, b!);
    await month.import();
  });
  await day('deletions', async () => {
    for (const file of await hands.some(2 * part)) await rm(file);
    await month.import();
  });
  await day('pictures taken elsewhere, a folder deleted', async () => {
    await hands.toAttic(await hands.some(4 * part));
    await rm(hands.in('part-4'), { recursive: true });
    await month.import();
  });
  await day('edits in place', async () => {
    await hands.edit(await hands.some(3 * part), count);
    await month.import();
  });
  await day('files replaced by others’ bytes', async () => {
    await hands.copyOver(await hands.some(2 * part));
    await month.import();
  });
  await day('files touched', async () => {
    for (const file of await hands.some(4 * part)) await hands.touch(file);
    await month.import();
  });
  await day('copies', async () => {
    const files = await hands.some(2 * part);
    await hands.copy(files.slice(0, part), true);
    await hands.copy(files.slice(part), false);
    await month.import();
  });
  await day('swaps', async () => {
    await hands.swap(await hands.some(2 * part));
    await month.import();
  });

  const manifest = join(dir, 'facts.csv');
  await day('a manifest', async () => {
    const facts = await hands.writeManifest(manifest, await hands.some(count / 3), 'spring');
    await month.import({ facts }, ['--manifest', manifest]);
  });
  await day('a changed manifest', async () => {
    const facts = await hands.writeManifest(manifest, await hands.some(count / 3), 'summer');
    await month.import({ facts }, ['--manifest', manifest]);
  });
  await day('facts that go with renamed files', async () => {
    const named = [...month.held].filter(([, { name, missingSince }]) => name !== undefined && missingSince === null);
    const chosen = named.slice(0, part);
    const target = hands.in('renamed-with-facts');
    await mkdir(target);
    const facts = new Map<string, object>();
    for (const [n, [path, { productId, name, description, metadata }]] of chosen.entries()) {
      await rename(path, join(target, `${n}.png`));
      facts.set(join(target, `${n}.png`), { productId, name, description, metadata });
    }
    await month.import({ facts });
  });

  await day('an exclude rule, for the number that was said', async () => {
    const rules = { include: [], exclude: ['part-5/', 'copy-*'] };
    const { isRuledOut } = await listFolder(month.root, rules);
    const leaving = [...month.held.keys()].filter(isRuledOut).length;
    const args = ['index', month.root, '--workers', '2', '--exclude', 'part-5/', '--exclude', 'copy-*'];
    expect(leaving).toBeGreaterThan(0);
    for (const more of [[], ['--yes', String(leaving + 1)]]) {
      const { code, error } = await refusalOf(start(month.data, [...args, ...more]));
      expect({ code, error }).toMatchObject({
        code: 2,
        error: { code: 'INVALID_INPUT', details: { images: leaving } },
      });
    }
    await ruleOut(args, leaving);
    month.rules = rules;
    month.forget(isRuledOut);
    await month.import();
  });
  await day('an include rule, then none', async () => {
    const rules = { include: ['part-*', 'renamed-with-facts/'], exclude: month.rules.exclude };
    const { isRuledOut } = await listFolder(month.root, rules);
    const leaving = [...month.held.keys()].filter(isRuledOut).length;
    const args = ['sources', 'rules', month.root, '--include', 'part-*', '--include', 'renamed-with-facts/'];
    await ruleOut(args, leaving);
    month.rules = rules;
    month.forget(isRuledOut);
    await month.import();
    await documentOf(start(month.data, ['sources', 'rules', month.root, '--clear']));
    month.rules = { include: [], exclude: [] };
    await month.import();
  });

  /** Kills the command while pictures leave; what is left to leave is said anew. */
  async function ruleOut(args: readonly string[], leaving: number): Promise<void> {
    const catalogId = await month.catalogId();
    const before = await month.log.countKnown(catalogId, {});
    const doomed = start(month.data, [...args, ...(leaving > 0 ? ['--yes', String(leaving)] : [])]);
    const killed = await runsUntil(doomed, async () => (await month.log.countKnown(catalogId, {})) < before);
    await killGroup(doomed);
    if (killed) month.kills.done++;
    else month.kills.tooLate++;
    const left = leaving - (before - (await month.log.countKnown(catalogId, {})));
    await documentOf(start(month.data, [...args, ...(left > 0 ? ['--yes', String(left)] : [])]));
  }

  await day('the source goes away while it is imported, and comes back', async () => {
    await hands.edit(await hands.some(3 * part), count + 3 * part);
    const elsewhere = join(dir, 'elsewhere');
    const [last] = await month.log.listImports(1);
    const args = ['index', month.root, '--workers', '2'];
    const doomed = start(month.data, args);
    await runsUntil(doomed, async () => (await month.log.listImports(1))[0]!.counts.open > 0);
    await rename(month.root, elsewhere);
    await mkdir(month.root); // as an empty mount point
    const says = (cli: typeof doomed): boolean => cli.output().stderr.includes('Waiting:');
    expect(await runsUntil(doomed, () => Promise.resolve(says(doomed)))).toBe(true);
    await killGroup(doomed);
    await rm(month.root, { recursive: true });
    const patient = start(month.data, args);
    expect(await runsUntil(patient, () => Promise.resolve(says(patient)))).toBe(true);
    expect((await month.log.listImports(1))[0]).toMatchObject({ state: 'waiting', reason: 'SOURCE_UNAVAILABLE' });
    expect(await hasEnded(patient)).toBe(false);
    await rename(elsewhere, month.root);
    await documentOf(patient);
    await month.check({}, last!.id);
  });

  await day('a drive below the root that is unmounted and mounted again', async () => {
    const drive = join(dir, 'drive');
    const point = hands.in('drive');
    await makePictures(drive, part, part);
    await mkdir(point);
    if (!CAN_MOUNT) {
      log('SKIPPED: nothing can be mounted here; the root that was renamed stood for it');
      await rm(point, { recursive: true });
      return;
    }
    mounted = true;
    const unplug = mount('--bind', drive, point);
    await month.import();
    unplug();
    await hands.touch((await hands.some(1))[0]!);
    await month.import({ away: [point], moreLines: [point] });
    const unplugAgain = mount('--bind', drive, point);
    await month.import();
    // Its pictures lie in the folder itself now.
    unplugAgain();
    await rm(point, { recursive: true });
    await rename(drive, point);
    await month.import({ moreLines: [point] });
  });

  await day('the source lies elsewhere now', async () => {
    const to = join(dir, 'new-home');
    const [from, catalogId] = [month.root, await month.catalogId()];
    await rename(from, to);
    const [source] = await month.log.sources();
    await month.outlive(
      // By its id: the one that was killed may have come to its end, and then its old path is no source's.
      ['sources', 'move', source!.id, to],
      async () => (await month.log.countKnown(catalogId, { under: to })) > 0,
    );
    month.moveHeld(from, to);
    month.root = to;
    await month.import();
  });

  await day('pictures come back, some elsewhere', async () => {
    await hands.fromAttic(part, (name) => hands.in(`back/${name}`));
    const missing = [...month.held].filter(([, { missingSince }]) => missingSince !== null);
    const names = new Map(missing.map(([name]) => [name.split('/').at(-1)!, name]));
    await hands.fromAttic(part, (name) => names.get(name) ?? hands.in(`back/${name}`));
    await month.import();
  });

  await day('prune', async () => {
    const catalogId = await month.catalogId();
    const missing = await month.log.countKnown(catalogId, { missing: true });
    expect(missing).toBeGreaterThan(part);
    const refusal = await refusalOf(start(month.data, ['prune', '--yes', String(missing - 1)]));
    expect(refusal.error).toMatchObject({ code: 'INVALID_INPUT', details: { images: missing } });
    // One is back, though no import has seen it yet: it stays.
    const back = [...month.held.values()].find(({ missingSince }) => missingSince !== null);
    await mkdir(join(back!.path, '..'), { recursive: true });
    await rename(month.library.get(back!.contentHash)!, back!.path);
    const args = ['prune', '--yes', String(missing)];
    const doomed = start(month.data, args);
    await runsUntil(doomed, async () => (await month.log.countKnown(catalogId, { missing: true })) < missing);
    await killGroup(doomed);
    const left = await month.log.countKnown(catalogId, { missing: true });
    expect(await documentOf(start(month.data, ['prune', '--yes', String(left)]))).toMatchObject({ came_back: 1 });
    month.forget((name, { missingSince }) => missingSince !== null && name !== back!.canonicalName);
    await month.import();
  });

  const sidecars = await hands.some(2 * part);
  await day('sidecars', async () => {
    await month.import({ facts: await hands.writeSidecars(sidecars, 'first') });
  });
  await day('changed and removed sidecars', async () => {
    const facts = await hands.writeSidecars(sidecars.slice(0, part), 'second');
    await hands.removeSidecars(sidecars.slice(part));
    for (const file of sidecars.slice(part)) facts.set(file, { title: null as unknown as string });
    await month.import({ facts });
  });
  log(`${month.kills.done} hosts were killed in their middle, ${month.kills.tooLate} had ended`);
  return { days, kills: month.kills, mounted };
}
