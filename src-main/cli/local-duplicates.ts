import { resolve } from 'node:path';
import { whichGroups } from '../../src-core/contract/duplicates.ts';
import { csvLine } from '../../src-core/domain/csv-line.ts';
import { parseKeepRules } from '../../src-core/domain/keep-rules.ts';
import type { DuplicateDesk, DuplicateQuery } from '../client/duplicate-desk.ts';
import type { Console } from '../console.ts';
import { DUPLICATE_COLUMNS, duplicateRows, pageDocument, scanDocument } from '../duplicate-documents.ts';

/** A scan runs in this very process, with the finder of commands. */
export function createLocalDuplicates(console: Console): DuplicateDesk {
  const service = () => console.duplicates();

  async function read({ keep, ...which }: DuplicateQuery) {
    const { catalog, min_score, kind, hide_same_product, across_products } = whichGroups.parse(which);
    const namer = await (await console.sources()).namer();
    return {
      catalog,
      which: { minScore: min_score, kind, hideSameProduct: hide_same_product, acrossProducts: across_products },
      rules: keep.length === 0 ? null : parseKeepRules(keep, (folder) => namer(resolve(folder))),
    };
  }

  return {
    start: async (catalog) => scanDocument(await (await service()).start(catalog, undefined, await console.finder())),
    scan: async (id) => scanDocument(await (await service()).scan(id)),
    cancel: async (id) => scanDocument(await (await service()).cancel(id)),

    async groups(query, limit) {
      const { catalog, which, rules } = await read(query);
      const duplicates = await service();
      const page = await duplicates.groups(catalog, which, limit);
      return pageDocument(page, await duplicates.changedSince(page.scan), rules);
    },

    async *csv(query) {
      const { catalog, which, rules } = await read(query);
      const duplicates = await service();
      const groups = await duplicates.all(catalog, which);
      yield csvLine(DUPLICATE_COLUMNS);
      for await (const group of groups) {
        yield duplicateRows(group, rules).map(csvLine).join('');
      }
    },

    async countMarked(query) {
      const { catalog, which, rules } = await read(query);
      return (await service()).countMarked(catalog, which, rules ?? []);
    },

    async remove(query, expected) {
      const { catalog, which, rules } = await read(query);
      return (await service()).removeMarked(catalog, which, rules ?? [], expected);
    },
  };
}
