import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../../src-core/domain/import.ts';
import type { ImportLog, Sidecar } from '../../../src-core/ports/import-log.ts';
import { openRig, type OpenLog } from './lines.ts';

function sidecarOf(source: Source, name: string, more: Partial<Sidecar> = {}): Sidecar {
  return { name, path: name, sourceId: source.id, bytes: 300, mtimeMs: 1_700_000_000_000.5, ...more };
}

async function waiting(log: ImportLog, catalogId: string): Promise<string[]> {
  return (await log.waitingSidecars(catalogId, 10_000)).items.map(({ name }) => name);
}

export function testSidecars(open: OpenLog): void {
  describe('sidecars', () => {
    it('wait when they are new or differ, until they are applied', async () => {
      const { log, source } = await openRig(open);
      const { catalogId } = source;
      expect(await log.hasSidecars(catalogId)).toBe(false);
      const a = sidecarOf(source, '/photos/a.xmp', { path: '/photos/A.xmp' });
      const b = sidecarOf(source, '/photos/b.xmp');
      await log.meetSidecars(catalogId, [b, a]);
      expect(await log.hasSidecars(catalogId)).toBe(true);
      expect(await log.hasSidecars(randomUUID())).toBe(false);
      expect((await log.waitingSidecars(catalogId, 10)).items).toEqual([
        { ...a, gave: [] },
        { ...b, gave: [] },
      ]);

      await log.sidecarsApplied(catalogId, [
        { name: a.name, gave: ['title', 'keywords'] },
        { name: b.name, gave: [] },
      ]);
      expect(await waiting(log, catalogId)).toEqual([]);
      await log.meetSidecars(catalogId, [a, b]);
      expect(await waiting(log, catalogId)).toEqual([]);

      const other = { ...source, id: randomUUID() };
      for (const changed of [
        { ...a, bytes: 301 },
        { ...a, bytes: 301, mtimeMs: 1_700_000_000_001 },
        sidecarOf(other, a.name, { bytes: 301, mtimeMs: 1_700_000_000_001 }),
      ]) {
        await log.meetSidecars(catalogId, [changed]);
        expect((await log.waitingSidecars(catalogId, 10)).items).toEqual([{ ...changed, gave: ['title', 'keywords'] }]);
        await log.sidecarsApplied(catalogId, [{ name: a.name, gave: ['title', 'keywords'] }]);
      }
    });

    it('are called again, among those that are known', async () => {
      const { log, source } = await openRig(open);
      const { catalogId } = source;
      const [a, b] = ['/photos/a.xmp', '/photos/b.xmp'].map((name) => sidecarOf(source, name)) as [Sidecar, Sidecar];
      await log.meetSidecars(catalogId, [a, b]);
      await log.sidecarsApplied(
        catalogId,
        [a, b].map(({ name }) => ({ name, gave: ['caption'] as const })),
      );
      await log.callSidecars(catalogId, [b.name, '/photos/none.xmp']);
      await log.callSidecars(randomUUID(), [a.name]);
      expect((await log.waitingSidecars(catalogId, 10)).items).toEqual([{ ...b, gave: ['caption'] }]);
      expect(await log.sidecars(catalogId, ['/photos/none.xmp', a.name])).toEqual([a]);
      expect(await log.sidecars(randomUUID(), [a.name])).toEqual([]);
    });

    it('wait page by page, by order of name', async () => {
      const { log, source } = await openRig(open);
      const { catalogId } = source;
      const names = ['/photos/a.xmp', '/photos/b.xmp', '/photos/c.xmp', '/photos/d.xmp', '/photos/é.xmp'];
      await log.meetSidecars(
        catalogId,
        names.map((name) => sidecarOf(source, name)),
      );
      await log.sidecarsApplied(catalogId, [{ name: '/photos/c.xmp', gave: [] }]);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Awaited<ReturnType<ImportLog['waitingSidecars']>> = await log.waitingSidecars(catalogId, 2, cursor);
        seen.push(...page.items.map(({ name }) => name));
        cursor = page.next;
      }
      expect(seen).toEqual(names.filter((name) => name !== '/photos/c.xmp'));
      await expect(log.waitingSidecars(catalogId, 0)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });

    it('are forgotten, and new when they are back', async () => {
      const { log, source } = await openRig(open);
      const { catalogId } = source;
      const sidecar = sidecarOf(source, '/photos/a.xmp');
      await log.meetSidecars(catalogId, [sidecar]);
      await log.sidecarsApplied(catalogId, [{ name: sidecar.name, gave: ['title'] }]);
      await log.forgetSidecars(randomUUID(), [sidecar.name]);
      expect(await log.hasSidecars(catalogId)).toBe(true);
      await log.forgetSidecars(catalogId, [sidecar.name, '/photos/none.xmp']);
      expect(await log.hasSidecars(catalogId)).toBe(false);
      await log.meetSidecars(catalogId, [sidecar]);
      expect((await log.waitingSidecars(catalogId, 10)).items).toEqual([{ ...sidecar, gave: [] }]);
    });
  });
}
