import { randomUUID } from 'node:crypto';
import { rm, stat, utimes } from 'node:fs/promises';
import type { DifferenceKind } from '../../../../src-main/services/verify/difference.ts';
import type { Rig } from './rig.ts';

/** One way in which a catalog and its folder come to differ, done to one indexed file. */
export interface Planting {
  what: string;
  kind: DifferenceKind;
  plant(rig: Rig, file: string): Promise<void>;
}

const LONG_AGO = new Date('2001-02-03T04:05:06Z');
const other = 'f'.repeat(64);

/** All that `--fix` can repair. */
export const PLANTINGS: readonly Planting[] = [
  {
    what: 'a file that neither log nor store knows',
    kind: 'not-indexed',
    async plant(rig, file) {
      await rig.forget(file);
      await rig.drop(file);
    },
  },
  { what: 'a file that was replaced', kind: 'changed', plant: (rig, file) => rig.draw(file, 1_000 + file.length) },
  { what: 'a file that was touched', kind: 'changed', plant: (rig, file) => touch(rig, file) },
  {
    what: 'a size that is wrong wherever it is written down',
    kind: 'changed',
    async plant(rig, file) {
      await rig.setKnown(file, { bytes: 7 });
      await rig.setRecord(file, { bytes: 7 });
    },
  },
  {
    what: 'bytes that were changed in silence',
    kind: 'other-bytes',
    async plant(rig, file) {
      await rig.setKnown(file, { contentHash: other });
      await rig.setRecord(file, { contentHash: other });
    },
  },
  { what: 'a file that is gone', kind: 'gone', plant: (rig, file) => remove(rig, file) },
  {
    what: 'a file that is gone and marked in the log alone',
    kind: 'gone',
    async plant(rig, file) {
      await remove(rig, file);
      await rig.setKnown(file, { missingSince: 5 });
    },
  },
  {
    what: 'a file that is back',
    kind: 'back',
    async plant(rig, file) {
      await rig.setKnown(file, { missingSince: 5 });
      await rig.setRecord(file, { missingSince: 5 });
    },
  },
  {
    what: 'a mark in the store alone',
    kind: 'back',
    plant: (rig, file) => rig.setRecord(file, { missingSince: 5 }),
  },
  { what: 'a record that is lost', kind: 'no-record', plant: (rig, file) => rig.drop(file) },
  {
    what: 'a record that is lost with its file',
    kind: 'no-record',
    async plant(rig, file) {
      await rig.drop(file);
      await remove(rig, file);
    },
  },
  { what: 'a known row that is lost', kind: 'not-known', plant: (rig, file) => rig.forget(file) },
  {
    what: 'a known row that is lost with its file',
    kind: 'not-known',
    async plant(rig, file) {
      await rig.forget(file);
      await remove(rig, file);
    },
  },
  {
    what: 'another hash in the log',
    kind: 'disagree',
    plant: (rig, file) => rig.setKnown(file, { contentHash: other }),
  },
  {
    what: 'another hash in the store',
    kind: 'disagree',
    plant: (rig, file) => rig.setRecord(file, { contentHash: other }),
  },
  { what: 'another size in the store', kind: 'disagree', plant: (rig, file) => rig.setRecord(file, { bytes: 7 }) },
  { what: 'another time in the log', kind: 'disagree', plant: (rig, file) => rig.setKnown(file, { mtimeMs: 7 }) },
  {
    what: 'another image id in the log',
    kind: 'disagree',
    plant: (rig, file) => rig.setKnown(file, { imageId: randomUUID() }),
  },
  {
    what: 'a record of an older model',
    kind: 'other-model',
    async plant(rig, file) {
      await rig.setKnown(file, { model: 'older' });
      rig.setModel(file, 'older');
    },
  },
  {
    what: 'a record under an id that is not of its name',
    kind: 'wrong-id',
    async plant(rig, file) {
      const record = await rig.record(file);
      if (!record) return;
      await rig.drop(file);
      const vector = new Float32Array([1, 0]);
      await rig.store.upsert(rig.catalog.id, [{ record: { ...record, imageId: randomUUID() }, vector }]);
    },
  },
  {
    what: 'a record of a source that does not exist',
    kind: 'no-source',
    plant: (rig, file) => rig.setRecord(file, { sourceId: randomUUID() }),
  },
  {
    what: 'a line whose task is lost',
    kind: 'line-without-task',
    async plant(rig, file) {
      const { id: sourceId, catalogId } = await rig.source();
      const run = await rig.log.openImport({ sourceId, catalogId, priority: 'normal', manifest: null });
      await rig.log.discover(run.id, [{ name: rig.nameOf(file), outcome: 'open', taskId: randomUUID() }]);
    },
  },
  {
    what: 'an open line of an import that is finished',
    kind: 'line-left-open',
    async plant(rig, file) {
      const { id: sourceId, catalogId } = await rig.source();
      const run = await rig.log.openImport({ sourceId, catalogId, priority: 'normal', manifest: null });
      await rig.log.discover(run.id, [{ name: rig.nameOf(file), outcome: 'open', taskId: randomUUID() }]);
      await rig.log.setState(run.id, 'completed');
    },
  },
];

async function touch(rig: Rig, file: string): Promise<void> {
  const isThere = await stat(rig.nameOf(file)).catch(() => null);
  if (isThere) await utimes(rig.nameOf(file), LONG_AGO, LONG_AGO);
}

function remove(rig: Rig, file: string): Promise<void> {
  return rm(rig.nameOf(file), { force: true });
}
