import { describe, expect, it } from 'vitest';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { ImportRun, Source } from '../../../src-core/domain/import.ts';
import { allLines, countsOf, folderAt, importOf, openRig, type OpenLog } from './lines.ts';

/** An import of the source with `lines` skipped files and one that failed. */
async function importWith(log: ImportLog, source: Source, lines: number): Promise<ImportRun> {
  const { id } = await log.openImport(importOf(source));
  await log.record(id, [
    { name: '/photos/bad', outcome: 'failed', reason: 'IMAGE_CORRUPT' },
    ...Array.from({ length: lines }, (_, n) => ({ name: `/photos/${n}`, outcome: 'skipped' as const })),
  ]);
  return (await log.getImport(id))!;
}

export function testTrim(open: OpenLog): void {
  describe('trimLedgers', () => {
    it('drops the lines of all finished imports of the source but the newest; their counts stay', async () => {
      const { log, source, run } = await openRig(open);
      await log.setState(run.id, 'cancelled');
      const runs: ImportRun[] = [];
      // More than is dropped in one step.
      for (const lines of [12_000, 3, 4]) {
        const made = await importWith(log, source, lines);
        await log.setState(made.id, 'completed');
        runs.push((await log.getImport(made.id))!);
      }
      const other = await log.ensureSource(folderAt('/other', source.catalogId));
      const elsewhere = await importWith(log, other, 2);
      await log.setState(elsewhere.id, 'completed');

      await log.trimLedgers(source.id, 2);
      expect(await allLines(log, runs[0]!.id)).toEqual([]);
      for (const each of runs) expect(await log.getImport(each.id)).toEqual(each);
      expect(runs[0]).toMatchObject({ counts: { skipped: 12_000, failed: 1 }, errors: { IMAGE_CORRUPT: 1 } });
      expect(await countsOf(log, runs[1]!.id)).toEqual({ skipped: 3, failed: 1 });
      expect(await countsOf(log, runs[2]!.id)).toEqual({ skipped: 4, failed: 1 });

      await log.trimLedgers(source.id, 0);
      await log.trimLedgers(source.id, 0);
      for (const each of runs) {
        expect(await allLines(log, each.id)).toEqual([]);
        expect(await log.getImport(each.id)).toEqual(each);
      }
      expect(await countsOf(log, elsewhere.id)).toEqual({ skipped: 2, failed: 1 });
    });

    it('never touches an unfinished import, and takes nothing up for a trimmed one', async () => {
      const { log, source, run: first } = await openRig(open);
      await log.record(first.id, [{ name: '/photos/a', outcome: 'failed', reason: 'FILE_EMPTY', taskId: 't' }]);
      await log.setState(first.id, 'completed');
      const trimmed = (await log.getImport(first.id))!;
      const unfinished = await importWith(log, source, 3);
      for (const state of ['walking', 'draining', 'paused', 'waiting'] as const) {
        await log.setState(unfinished.id, state);
        await log.trimLedgers(source.id, 0);
        expect(await countsOf(log, unfinished.id)).toEqual({ skipped: 3, failed: 1 });
      }
      // Facts of its tasks may still come in.
      await log.record(first.id, [{ name: '/photos/a', outcome: 'indexed' }]);
      expect(await log.reopen(first.id, ['FILE_EMPTY'])).toBe(0);
      expect(await allLines(log, first.id)).toEqual([]);
      expect(await log.getImport(first.id)).toEqual(trimmed);
    });
  });
}
