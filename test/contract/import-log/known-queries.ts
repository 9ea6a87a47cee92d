import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ImportLog, KnownFile, WhichKnown } from '../../../src-core/ports/import-log.ts';
import { folderAt, knownFile, openRig, type OpenLog } from './lines.ts';

/** The names of `known`, read by pages of every size, after checking that `countKnown` counts as many. */
async function namesOf(log: ImportLog, catalogId: string, which: WhichKnown): Promise<string[]> {
  const count = await log.countKnown(catalogId, which);
  const reads = await Promise.all([1, 2, 3, 10_000].map((limit) => readAll(log, catalogId, which, limit)));
  for (const names of reads) expect(names).toEqual(reads[0]);
  expect(reads[0]).toHaveLength(count);
  return reads[0]!;
}

async function readAll(log: ImportLog, catalogId: string, which: WhichKnown, limit: number): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: KnownFile[]; next: string | null } = await log.known(catalogId, which, limit, cursor);
    names.push(...page.items.map(({ name }) => name));
    cursor = page.next;
  }
  return names;
}

function sorted(...names: string[][]): string[] {
  return names.flat().toSorted();
}

function below(folder: string, names: string[]): string[] {
  return names.filter((name) => name === folder || name.startsWith(`${folder}/`));
}

/** The same picture under another name. */
function to(file: KnownFile, name: string): KnownFile {
  return { ...file, name, path: name, imageId: randomUUID() };
}

export function testKnownQueries(open: OpenLog): void {
  describe('known and countKnown', () => {
    it('answer those of a source, below a folder, with a prefix, missing or not, and all of that together', async () => {
      const { log, source } = await openRig(open);
      const { catalogId } = source;
      const shop = await log.ensureSource(folderAt('/photos/shop', catalogId));
      const mine = ['/photo', '/photos', '/photos!/a', '/photos/a', '/photos/b/c', '/photos/~', '/photos0', '/z'];
      const gone = ['/photos/b/gone', '/photos/gone', '/y/gone'];
      const theirs = ['/photos/shop/a', '/photos/shop/b'];
      await log.remember(catalogId, [
        ...mine.map((name) => knownFile(source, name)),
        ...gone.map((name) => knownFile(source, name, { missingSince: 7 })),
        ...theirs.map((name) => knownFile(shop, name)),
      ]);
      await log.remember(randomUUID(), [knownFile(source, '/photos/of another catalog')]);
      const cases: [WhichKnown, string[]][] = [
        [{}, sorted(mine, gone, theirs)],
        [{ missing: true }, sorted(gone)],
        [{ missing: false }, sorted(mine, theirs)],
        [{ sourceId: shop.id }, theirs],
        [{ sourceId: source.id }, sorted(mine, gone)],
        [{ sourceId: source.id, missing: true }, sorted(gone)],
        [{ sourceId: source.id, missing: false }, sorted(mine)],
        [{ sourceId: randomUUID() }, []],
        [{ under: '/photos' }, below('/photos', sorted(mine, gone, theirs))],
        [{ under: '/photos/a' }, ['/photos/a']],
        [{ under: '/' }, sorted(mine, gone, theirs)],
        [{ under: '/none' }, []],
        [{ under: '/photos', missing: true }, below('/photos', sorted(gone))],
        [{ under: '/photos', missing: false }, below('/photos', sorted(mine, theirs))],
        [{ under: '/photos', sourceId: shop.id }, theirs],
        [{ under: '/photos/b', sourceId: source.id, missing: true }, ['/photos/b/gone']],
        [{ prefix: '/photos' }, sorted(mine, gone, theirs).filter((name) => name.startsWith('/photos'))],
        [{ prefix: '/photos/s', missing: false }, theirs],
        [{ prefix: '/photos/', under: '/photos/b' }, ['/photos/b/c', '/photos/b/gone']],
      ];
      for (const [which, names] of cases) {
        expect({ which, names: await namesOf(log, catalogId, which) }).toEqual({ which, names });
      }
    });

    it('answer whole files, and refuse a limit out of range', async () => {
      const { log, source } = await openRig(open);
      const file = knownFile(source, '/photos/é', { path: '/photos/e\u0301', inode: 2 ** 60, missingSince: 9 });
      await log.remember(source.catalogId, [file]);
      expect(await log.known(source.catalogId, {}, 1)).toEqual({ items: [file], next: '/photos/é' });
      expect(await log.known(source.catalogId, {}, 1, '/photos/é')).toEqual({ items: [], next: null });
      for (const limit of [0, 1.5, 10_001]) {
        await expect(log.known(source.catalogId, {}, limit)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      }
    });
  });

  describe('byInode', () => {
    it('answers every file of the catalog with one of these inodes', async () => {
      const { log, source } = await openRig(open);
      const { catalogId } = source;
      const [a, link, b, large, unknown] = [7, 7, 8, 2 ** 53 + 2, null].map((inode, n) =>
        knownFile(source, `/photos/${n}`, { inode }),
      ) as [KnownFile, KnownFile, KnownFile, KnownFile, KnownFile];
      await log.remember(catalogId, [a, link, b, large, unknown]);
      await log.remember(randomUUID(), [knownFile(source, '/photos/other', { inode: 7 })]);
      expect((await log.byInode(catalogId, [7])).toSorted((x, y) => (x.name < y.name ? -1 : 1))).toEqual([a, link]);
      expect(await log.byInode(catalogId, [8, 9, 2 ** 53 + 2])).toEqual([b, large]);
      expect(await log.byInode(catalogId, [])).toEqual([]);
    });
  });

  describe('rename', () => {
    it('forgets the old names and knows the new ones, also where names are swapped', async () => {
      const { log, source } = await openRig(open);
      const { catalogId } = source;
      const [a, b, c] = ['a', 'b', 'c'].map((name, n) => knownFile(source, `/photos/${name}`, { bytes: n })) as [
        KnownFile,
        KnownFile,
        KnownFile,
      ];
      await log.remember(catalogId, [a, b, c]);
      const moves = [
        { from: a.name, to: to(a, b.name) },
        { from: b.name, to: to(b, a.name) },
        { from: c.name, to: to(c, '/photos/new/c') },
      ];
      for (let time = 0; time < 2; time++) {
        await log.rename(catalogId, moves);
        const { items } = await log.known(catalogId, {}, 10);
        expect(items).toEqual([moves[1]!.to, moves[0]!.to, moves[2]!.to]);
      }
      await log.rename(randomUUID(), [{ from: a.name, to: to(a, '/photos/elsewhere') }]);
      expect(await log.countKnown(catalogId, {})).toBe(3);
    });
  });
}
