import { describe, expect, it } from 'vitest';
import { allLines, countsOf, knownFile, openRig, type OpenLog } from './lines.ts';

export function testLedger(open: OpenLog): void {
  describe('discover', () => {
    it('writes lines that are not there and answers those that are open', async () => {
      const { log, run } = await openRig(open);
      const lines = [
        { name: '/photos/a', outcome: 'open', taskId: 't-a', bytes: 3 },
        { name: '/photos/b', outcome: 'excluded', reason: 'hidden' },
        { name: '/photos/c', outcome: 'open', taskId: 't-c' },
      ] as const;
      expect((await log.discover(run.id, lines)).toSorted()).toEqual(['/photos/a', '/photos/c']);
      await log.record(run.id, [{ name: '/photos/a', outcome: 'indexed' }]);
      expect(await log.discover(run.id, lines)).toEqual(['/photos/c']);
      const again = lines.map(({ name }) => ({ name, outcome: 'skipped' as const }));
      expect(await log.discover(run.id, again)).toEqual(['/photos/c']);
      expect(await countsOf(log, run.id)).toEqual({ open: 1, indexed: 1, excluded: 1 });
      expect(await allLines(log, run.id)).toMatchObject([
        { name: '/photos/a', outcome: 'indexed', taskId: 't-a', bytes: 3 },
        { name: '/photos/b', outcome: 'excluded', reason: 'hidden', taskId: null },
        { name: '/photos/c', outcome: 'open', taskId: 't-c', bytes: null },
      ]);
    });
  });

  describe('record', () => {
    it('moves a line between outcomes, never back to open, and keeps the counts', async () => {
      let now = 1;
      const { log, run } = await openRig(open, { now: () => now });
      const name = '/photos/a';
      await log.record(run.id, [{ name, outcome: 'open', taskId: 't' }]);
      await log.record(run.id, [{ name, outcome: 'failed', reason: 'IMAGE_CORRUPT', message: 'bad header' }]);
      expect(await countsOf(log, run.id)).toEqual({ failed: 1 });
      expect((await log.getImport(run.id))?.errors).toEqual({ IMAGE_CORRUPT: 1 });
      await log.record(run.id, [{ name, outcome: 'open' }]);
      expect(await countsOf(log, run.id)).toEqual({ failed: 1 });
      await log.record(run.id, [{ name, outcome: 'failed', reason: 'FILE_EMPTY' }]);
      expect((await log.getImport(run.id))?.errors).toEqual({ FILE_EMPTY: 1 });
      now = 2;
      await log.record(run.id, [{ name, outcome: 'indexed', bytes: 9 }]);
      await log.record(run.id, [{ name, outcome: 'indexed' }]);
      expect(await countsOf(log, run.id)).toEqual({ indexed: 1 });
      expect((await log.getImport(run.id))?.errors).toEqual({});
      const line = { name, outcome: 'indexed', reason: null, message: null, taskId: 't', bytes: 9, at: 2 };
      expect(await allLines(log, run.id)).toEqual([line]);
    });

    it('leaves the time of a line that says the same already', async () => {
      let now = 1;
      const { log, run } = await openRig(open, { now: () => now });
      const failed = { name: '/photos/a', outcome: 'failed', reason: 'FILE_EMPTY', message: 'empty' } as const;
      const timeOf = async () => (await allLines(log, run.id)).map(({ at }) => at);
      await log.record(run.id, [{ ...failed, taskId: 't', bytes: 3 }]);
      const changes = [
        {},
        { taskId: 't' },
        { message: 'still' },
        { reason: 'IMAGE_CORRUPT' },
        { bytes: 4 },
        { taskId: 'u' },
      ];
      const times: number[][] = [];
      for (const change of changes) {
        now += 1;
        await log.record(run.id, [{ ...failed, ...change }]);
        times.push(await timeOf());
      }
      expect(times.flat()).toEqual([1, 1, 4, 5, 6, 7]);
    });

    it('keeps two imports apart', async () => {
      const { log, source, run } = await openRig(open);
      await log.record(run.id, [{ name: '/photos/a', outcome: 'indexed' }]);
      await log.setState(run.id, 'completed');
      const wanted = { sourceId: source.id, catalogId: source.catalogId, priority: 'low', manifest: null } as const;
      const second = await log.openImport(wanted);
      await log.record(second.id, [{ name: '/photos/a', outcome: 'skipped', reason: 'unchanged' }]);
      expect(await countsOf(log, run.id)).toEqual({ indexed: 1 });
      expect(await countsOf(log, second.id)).toEqual({ skipped: 1 });
    });
  });

  describe('ledger', () => {
    it('pages by name, and filters by outcome and code', async () => {
      const { log, run } = await openRig(open);
      const names = ['/photos/a', '/photos/b', "/photos/c'\n", '/photos/d', '/photos/é'];
      const codes = ['FILE_EMPTY', 'IMAGE_CORRUPT'] as const;
      await log.record(
        run.id,
        names.map((name, n) =>
          n < 2 ? { name, outcome: 'failed', reason: codes[n]! } : { name, outcome: n < 4 ? 'indexed' : 'skipped' },
        ),
      );
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page: Awaited<ReturnType<typeof log.ledger>> = await log.ledger(run.id, {}, 2, cursor ?? undefined);
        seen.push(...page.items.map(({ name }) => name));
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toEqual(names);
      const named = async (which: Parameters<typeof log.ledger>[1]) =>
        (await log.ledger(run.id, which, 10)).items.map(({ name }) => name);
      expect(await named({ outcomes: ['indexed'] })).toEqual(names.slice(2, 4));
      expect(await named({ outcomes: ['indexed', 'skipped'] })).toEqual(names.slice(2));
      expect(await named({ codes: ['IMAGE_CORRUPT'] })).toEqual([names[1]]);
      expect(await named({ outcomes: ['skipped'], codes: ['IMAGE_CORRUPT'] })).toEqual([]);
      const some = await log.lines(run.id, [names[2]!, '/photos/none', names[1]!]);
      expect(some.map(({ name }) => name).toSorted()).toEqual([names[1], names[2]]);
      await expect(log.ledger(run.id, {}, 0)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      await expect(log.ledger(run.id, {}, 10_001)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });
  });

  describe('recordMoves', () => {
    it('turns two lines into one and forgets the old name', async () => {
      const { log, source, run } = await openRig(open);
      const old = knownFile(source, '/photos/old');
      const moved = knownFile(source, '/photos/new');
      await log.remember(source.catalogId, [old, moved]);
      await log.markMissing(run.id, [old.name], 5);
      await log.record(run.id, [{ name: moved.name, outcome: 'indexed' }]);
      expect(await countsOf(log, run.id)).toEqual({ missing: 1, indexed: 1 });
      for (let time = 0; time < 2; time++) {
        await log.recordMoves(run.id, [{ from: old.name, to: moved.name }]);
        expect(await countsOf(log, run.id)).toEqual({ moved: 1 });
      }
      expect(await allLines(log, run.id)).toMatchObject([{ name: moved.name, outcome: 'moved', reason: old.name }]);
      expect(await log.lookup(source.catalogId, [old.name, moved.name])).toEqual([moved]);
    });
  });
}
