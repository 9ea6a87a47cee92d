import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NO_RULES } from '../../../src-core/domain/import.ts';
import { folderAt, importOf, openRig, type OpenLog } from './lines.ts';

export function testSources(open: OpenLog): void {
  describe('sources', () => {
    it('are listed by root, those of one catalog or of all', async () => {
      const { log, source } = await openRig(open);
      const before = await log.ensureSource(folderAt('/a', source.catalogId));
      const other = await log.ensureSource(folderAt('/b', randomUUID()));
      expect(await log.sources(source.catalogId)).toEqual([before, source]);
      expect(await log.sources()).toEqual([before, other, source]);
      expect(await log.sources(randomUUID())).toEqual([]);
    });

    it('begin without rules and mounts, and keep those they are given', async () => {
      const { log, source } = await openRig(open);
      expect(source).toMatchObject({ rules: NO_RULES, columns: {}, watch: false, mounts: [] });
      const rules = { include: ['*.jpg'], exclude: ['it\'s "drafts"/', 'é/**'] };
      await log.setRules(source.id, rules);
      await log.setMounts(source.id, ['/photos/usb']);
      const columns = { path: 'Datei', name: null };
      await log.setColumns(source.id, columns);
      await log.setWatch(source.id, true);
      const changed = { ...source, rules, columns, watch: true, mounts: ['/photos/usb'] };
      expect(await log.source(source.id)).toEqual(changed);
      expect(await log.ensureSource(folderAt('/photos', source.catalogId))).toEqual(changed);
      await log.setRules(source.id, NO_RULES);
      await log.setMounts(source.id, []);
      await log.setColumns(source.id, {});
      await log.setWatch(source.id, false);
      expect(await log.source(source.id)).toEqual(source);
    });

    it('refuse rules that are none', async () => {
      const { log, source } = await openRig(open);
      await expect(log.setRules(source.id, { include: [''], exclude: [] })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('include'),
      });
      expect(await log.source(source.id)).toEqual(source);
    });

    it('move to another root, but not to that of another source of the catalog', async () => {
      const { log, source, run } = await openRig(open);
      const taken = await log.ensureSource(folderAt('/taken', source.catalogId));
      const elsewhere = await log.ensureSource(folderAt('/elsewhere', randomUUID()));
      const refused = log.moveSource(source.id, { root: taken.root, path: taken.path });
      await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('/taken') });
      expect(await log.source(source.id)).toEqual(source);

      const to = { root: elsewhere.root, path: '/Elsewhere' };
      await log.moveSource(source.id, to);
      expect(await log.sourceAt(source.catalogId, '/elsewhere')).toEqual({ ...source, ...to });
      expect(await log.sourceAt(source.catalogId, '/photos')).toBeNull();
      expect(await log.source(elsewhere.id)).toEqual(elsewhere);
      expect((await log.getImport(run.id))?.sourceId).toBe(source.id);
      await log.moveSource(source.id, to);
      expect((await log.source(source.id))?.path).toBe('/Elsewhere');
    });

    it('are listed no more when removed; their root is free, their imports stay', async () => {
      const { log, source, run } = await openRig(open);
      await log.setRules(source.id, { include: ['*.jpg'], exclude: [] });
      await log.record(run.id, [{ name: '/photos/a', outcome: 'indexed' }]);
      await log.setState(run.id, 'completed');
      await log.removeSource(source.id);
      expect(await log.sources()).toEqual([]);
      expect(await log.sourceAt(source.catalogId, '/photos')).toBeNull();
      expect((await log.getImport(run.id))?.counts.indexed).toBe(1);
      expect((await log.ledger(run.id, {}, 10)).items).toHaveLength(1);
      expect((await log.source(source.id))?.path).toBe('/photos');

      const again = await log.ensureSource(folderAt('/photos', source.catalogId));
      expect(again).toMatchObject({ rules: NO_RULES, root: '/photos' });
      expect(again.id).not.toBe(source.id);
      expect(await log.sources()).toEqual([again]);
      expect((await log.openImport(importOf(again))).id).not.toBe(run.id);
      await log.removeSource(again.id);
      expect(await log.sources()).toEqual([]);
    });

    it('are named when they are not there', async () => {
      const { log } = await openRig(open);
      const id = randomUUID();
      const missing = { code: 'NOT_FOUND', message: expect.stringContaining(id) };
      await expect(log.setRules(id, NO_RULES)).rejects.toMatchObject(missing);
      await expect(log.setMounts(id, [])).rejects.toMatchObject(missing);
      await expect(log.moveSource(id, { root: '/a', path: '/a' })).rejects.toMatchObject(missing);
      await expect(log.removeSource(id)).rejects.toMatchObject(missing);
    });
  });
}
