import { describe, expect, it } from 'vitest';
import type { ImportLog, KnownFile } from '../../../src-core/ports/import-log.ts';
import { allLines, countsOf, folderAt, importOf, knownFile, openRig, type OpenLog } from './lines.ts';

async function unseenNames(log: ImportLog, importId: string, under: string, limit: number): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: KnownFile[]; next: string | null } = await log.unseen(importId, { under }, limit, cursor);
    names.push(...page.items.map(({ name }) => name));
    cursor = page.next;
  }
  return names;
}

export function testKnownFiles(open: OpenLog): void {
  describe('remember and lookup', () => {
    it('answer what was remembered last, per catalog', async () => {
      const { log, source } = await openRig(open);
      const a = knownFile(source, '/photos/a', { path: '/photos/other spelling' });
      const b = knownFile(source, '/photos/b', { missingSince: 7 });
      await log.remember(source.catalogId, [a, b]);
      expect((await log.lookup(source.catalogId, ['/photos/a', '/photos/b', '/photos/c'])).length).toBe(2);
      const changed = { ...a, bytes: 11, mtimeMs: 2.5, contentHash: 'bb' };
      await log.remember(source.catalogId, [changed]);
      expect(await log.lookup(source.catalogId, ['/photos/a'])).toEqual([changed]);
      expect(await log.lookup(crypto.randomUUID(), ['/photos/a'])).toEqual([]);
      await log.forget(source.catalogId, ['/photos/a']);
      expect(await log.lookup(source.catalogId, ['/photos/a', '/photos/b'])).toEqual([b]);
    });
  });

  describe('unseen', () => {
    it('finds what the import has no line of, at or under its root only', async () => {
      const { log, source, run } = await openRig(open);
      const inside = ['/photos/a', '/photos/b', '/photos/c/d', '/photos/e', '/photos/~'];
      const outside = ['/photo', '/photos!/a', '/photos-2/a', '/photos0', '/phptos/a'];
      const files = [...inside, ...outside].map((name) => knownFile(source, name));
      await log.remember(source.catalogId, files);
      await log.remember(source.catalogId, [knownFile(source, '/photos/gone', { missingSince: 3 })]);
      await log.record(run.id, [{ name: '/photos/b', outcome: 'skipped' }]);
      const expected = inside.filter((name) => name !== '/photos/b');
      for (const limit of [1, 2, 3, 100]) expect(await unseenNames(log, run.id, '/photos', limit)).toEqual(expected);
    });

    it('takes a root that is one file, and the root of all', async () => {
      const { log, source } = await openRig(open);
      await log.remember(
        source.catalogId,
        ['/photos/a', '/photos/a.b', '/z'].map((name) => knownFile(source, name)),
      );
      const file = await log.ensureSource(folderAt('/photos/a', source.catalogId));
      expect(await unseenNames(log, (await log.openImport(importOf(file))).id, '/photos/a', 1)).toEqual(['/photos/a']);
      const all = await log.ensureSource(folderAt('/', source.catalogId));
      const everything = ['/photos/a', '/photos/a.b', '/z'];
      expect(await unseenNames(log, (await log.openImport(importOf(all))).id, '/', 2)).toEqual(everything);
    });
  });

  describe('markMissing', () => {
    it('marks the file and gives it a line, once', async () => {
      const { log, source, run } = await openRig(open);
      const file = knownFile(source, '/photos/a', { contentHash: 'h1' });
      await log.remember(source.catalogId, [file, knownFile(source, '/photos/b', { contentHash: 'h1' })]);
      expect(await log.hasMissing(source.catalogId)).toBe(false);
      await log.markMissing(run.id, [file.name], 42);
      await log.markMissing(run.id, [file.name], 42);
      expect(await log.hasMissing(source.catalogId)).toBe(true);
      expect(await countsOf(log, run.id)).toEqual({ missing: 1 });
      expect(await allLines(log, run.id)).toMatchObject([{ name: file.name, at: 42 }]);
      expect(await log.missingByHash(source.catalogId, ['h1', 'h2'])).toEqual([{ ...file, missingSince: 42 }]);
      await log.remember(source.catalogId, [file]);
      expect(await log.missingByHash(source.catalogId, ['h1'])).toEqual([]);
    });
  });
}
