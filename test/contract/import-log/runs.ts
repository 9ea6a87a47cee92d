import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { folderAt, importOf, openRig, type OpenLog } from './lines.ts';

export function testRuns(open: OpenLog): void {
  describe('sources', () => {
    it('has one per root and catalog', async () => {
      const { log, source } = await openRig(open);
      expect((await log.ensureSource(folderAt('/photos', source.catalogId))).id).toBe(source.id);
      expect((await log.ensureSource(folderAt('/photos', randomUUID()))).id).not.toBe(source.id);
      expect(await log.source(source.id)).toEqual(source);
      expect(await log.sourceAt(source.catalogId, '/photos')).toEqual(source);
      expect(await log.sourceAt(source.catalogId, '/other')).toBeNull();
      expect(await log.source(randomUUID())).toBeNull();
    });
  });

  describe('imports', () => {
    it('begin empty, walking, and one at a time per source', async () => {
      const { log, source, run } = await openRig(open);
      expect(run).toMatchObject({ state: 'walking', reason: null, walked: false, owner: null, finishedAt: null });
      expect(Object.values(run.counts).every((n) => n === 0)).toBe(true);
      expect((await log.openImport(importOf(source))).id).toBe(run.id);
      expect((await log.unfinished(source.id))?.id).toBe(run.id);
      await log.setState(run.id, 'completed');
      expect(await log.unfinished(source.id)).toBeNull();
      const second = await log.openImport(importOf(source));
      expect(second.id).not.toBe(run.id);
      expect((await log.listImports(10)).map(({ id }) => id)).toEqual([second.id, run.id]);
      expect((await log.listImports(1)).map(({ id }) => id)).toEqual([second.id]);
    });

    it('keep their manifest, priority and who began them', async () => {
      const { log, source, run } = await openRig(open);
      await log.setState(run.id, 'cancelled');
      const wanted = {
        ...importOf(source),
        priority: 'high',
        manifest: '/photos/facts.csv',
        startedBy: 'api',
      } as const;
      const made = await log.openImport(wanted);
      expect(await log.getImport(made.id)).toMatchObject({
        priority: 'high',
        manifest: '/photos/facts.csv',
        startedBy: 'api',
      });
      expect(await log.latest(source.id)).toEqual(await log.getImport(made.id));
      expect(await log.latest(randomUUID())).toBeNull();
      expect(await log.unsettled(source.id)).toEqual([]);
      await log.discover(made.id, [{ name: '/photos/a', outcome: 'failed', reason: 'IMAGE_CORRUPT' }]);
      expect(await log.unsettled(source.id)).toEqual([made.id]);
      expect(run.startedBy).toBeNull();
      expect((await log.openImport({ ...wanted, startedBy: 'watch' })).startedBy).toBe('api');
    });

    it('stay as they ended', async () => {
      const { log, run } = await openRig(open, { now: () => 5_000 });
      expect(await log.setState(run.id, 'waiting', 'SOURCE_UNAVAILABLE')).toBe(true);
      expect(await log.getImport(run.id)).toMatchObject({ state: 'waiting', reason: 'SOURCE_UNAVAILABLE' });
      expect(await log.setState(run.id, 'cancelled')).toBe(true);
      expect(await log.setState(run.id, 'walking')).toBe(false);
      expect(await log.getImport(run.id)).toMatchObject({ state: 'cancelled', reason: null, finishedAt: 5_000 });
    });

    it('drain when all is walked, unless somebody paused them', async () => {
      const { log, source, run } = await openRig(open);
      await log.setWalked(run.id);
      expect(await log.getImport(run.id)).toMatchObject({ state: 'draining', walked: true });
      await log.setState(run.id, 'cancelled');
      const second = await log.openImport(importOf(source));
      await log.setState(second.id, 'paused');
      await log.setWalked(second.id);
      expect(await log.getImport(second.id)).toMatchObject({ state: 'paused', walked: true });
    });

    it('have one owner until its time runs out, it lets go, or is dead', async () => {
      let now = 1_000;
      const { log, run } = await openRig(open, { now: () => now });
      expect(await log.own(run.id, 'a', 100)).toBe(true);
      expect(await log.own(run.id, 'b', 100)).toBe(false);
      now = 1_050;
      expect(await log.own(run.id, 'a', 100)).toBe(true);
      now = 1_149;
      expect(await log.own(run.id, 'b', 100)).toBe(false);
      now = 1_150;
      expect(await log.own(run.id, 'b', 100)).toBe(true);
      expect(await log.getImport(run.id)).toMatchObject({ owner: 'b', ownerUntil: 1_250 });
      await log.disown(run.id, 'a');
      expect(await log.own(run.id, 'a', 100)).toBe(false);
      expect(await log.own(run.id, 'a', 100, 'c')).toBe(false);
      expect(await log.own(run.id, 'a', 100, 'b')).toBe(true);
      await log.disown(run.id, 'a');
      expect(await log.own(run.id, 'c', 100)).toBe(true);
    });

    it('are named when they are not there', async () => {
      const { log } = await openRig(open);
      const id = randomUUID();
      expect(await log.getImport(id)).toBeNull();
      await expect(log.setWalked(id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining(id),
      });
      await expect(log.own(id, 'a', 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(log.record(id, [])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });
}
