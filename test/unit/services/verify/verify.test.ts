import { expect, it } from 'vitest';
import { randomFrom } from '../../../support/random.ts';
import { PLANTINGS } from './plantings.ts';
import { fileOf, openRig } from './rig.ts';

const CLEAN = { beyondRepair: 0, failed: {}, notes: [], imports: [], underway: 0 };

it('finds nothing after an import', async () => {
  const rig = await openRig(12);
  const { report, lines } = await rig.verify({ deep: true });
  expect(lines).toEqual([]);
  expect(report).toEqual({
    ...CLEAN,
    catalog: 'default',
    differences: {},
    checked: { files: 12, known: 12, records: 12 },
  });
});

it(`finds each of ${PLANTINGS.length} planted inconsistencies and nothing else, and repairs them`, async () => {
  const rig = await openRig(40);
  // The one that leaves a finished import behind goes before the one that leaves an unfinished one.
  for (const [n, { plant }] of [...PLANTINGS.entries()].toReversed()) await plant(rig, fileOf(n));
  const planted = PLANTINGS.map(({ kind }, n) => `${kind}: ${fileOf(n)}`).toSorted();

  const found = await rig.verify({ deep: true });
  expect(found.lines.map((line) => line.replace(`${rig.root}/`, ''))).toEqual(planted);
  expect(found.report).toMatchObject({ beyondRepair: 0, notes: [], failed: {} });

  const before = await rig.store.count(rig.catalog.id);
  const fixed = await rig.fix({ deep: true });
  expect(fixed.lines.filter((line) => !found.lines.includes(line))).toEqual([]);
  expect(await rig.store.count(rig.catalog.id)).toBeGreaterThanOrEqual(before);

  const after = await rig.verify({ deep: true });
  expect(after.differences).toEqual([]);
  expect(after.report).toMatchObject(CLEAN);
});

it.each([1, 2, 3, 4, 5, 342])('repairs any mix of them (seed %i)', async (seed) => {
  const random = randomFrom(seed);
  const rig = await openRig(12);
  const planted: string[] = [];
  for (let i = 0; i < 14; i++) {
    const file = fileOf(random.below(8)); // the other four are to stay as they are
    const { what, plant } = PLANTINGS[random.below(PLANTINGS.length)]!;
    await plant(rig, file);
    planted.push(`${file}: ${what}`);
  }
  const found = await rig.verify({ deep: true });
  const innocent = found.lines.filter((line) => !planted.some((text) => text.startsWith(`${line.split(': ')[1]}:`)));
  expect({ planted, innocent }).toEqual({ planted, innocent: [] });

  await rig.fix({ deep: true });
  const after = await rig.verify({ deep: true });
  // A picture of another model whose file is gone cannot be made anew.
  const left = after.differences.filter(({ kind, todo }) => kind !== 'other-model' || todo === null);
  expect({ planted, left }).toEqual({ planted, left: [] });
  expect(after.report).toMatchObject({ ...CLEAN, beyondRepair: after.differences.length });
});
