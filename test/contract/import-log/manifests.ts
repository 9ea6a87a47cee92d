import { describe, expect, it } from 'vitest';
import { openRig, type OpenLog } from './lines.ts';

export function testManifests(open: OpenLog): void {
  describe('manifests', () => {
    it('keep the first line that names a file, and tell of the others', async () => {
      const { log, run } = await openRig(open);
      const first = {
        name: '/photos/é',
        path: '/photos/e\u0301',
        line: 2,
        facts: { productId: 'A', metadata: { n: [1] } },
      };
      const second = { name: '/photos/b', path: '/photos/b', line: 3, facts: {} };
      expect(await log.addManifest(run.id, [first, second])).toEqual([]);
      expect(await log.addManifest(run.id, [first])).toEqual([]);
      const again = { ...first, line: 9, facts: { productId: 'B' } };
      expect(await log.addManifest(run.id, [again])).toEqual([{ entry: again, firstLine: 2 }]);
      expect(await log.manifestEntries(run.id, [first.name, '/photos/none'])).toEqual([first]);
    });

    it('are paged by name, and go when they are cleared', async () => {
      const { log, run } = await openRig(open);
      const entries = Array.from({ length: 6_001 }, (_, n) => {
        const name = `/photos/${String(n).padStart(5, '0')}`;
        return { name, path: name, line: n + 2, facts: {} };
      });
      await log.addManifest(run.id, entries);
      const page = await log.manifest(run.id, 4_000);
      const rest = await log.manifest(run.id, 4_000, page.next ?? undefined);
      expect([...page.items, ...rest.items]).toEqual(entries);
      expect(rest.next).toBeNull();
      await log.clearManifest(run.id);
      expect(await log.manifest(run.id, 10)).toEqual({ items: [], next: null });
      await log.clearManifest(run.id);
    });
  });
}
