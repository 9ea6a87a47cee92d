import { contract } from '../../src-core/contract/contract.ts';
import type { DuplicateDesk, DuplicateQuery } from './duplicate-desk.ts';
import { atServer } from './paths.ts';
import type { ServerClient } from './server-client.ts';

const { duplicates } = contract;

export function createRemoteDuplicates(client: ServerClient): DuplicateDesk {
  return {
    start: (catalog) => client.call(duplicates.scan, { catalog }),
    scan: (scan_id) => client.call(duplicates.getScan, { scan_id }),
    cancel: (scan_id) => client.call(duplicates.cancelScan, { scan_id }),
    groups: ({ keep, ...which }, limit) =>
      keep.length === 0
        ? client.call(duplicates.groups, { ...which, limit })
        : client.call(duplicates.choose, { ...which, keep: namedThere(keep), limit }),
    csv(query) {
      const fields = new URLSearchParams();
      for (const [name, value] of Object.entries(withRules(query))) {
        for (const one of [value].flat()) if (one !== undefined) fields.append(name, String(one));
      }
      return client.pieces(`/duplicates.csv?${fields}`);
    },
    countMarked: async (query) => (await client.call(duplicates.countMarked, withRules(query))).marked,
    remove: async (query, confirm) => (await client.call(duplicates.remove, { ...withRules(query), confirm })).removed,
  };
}

function withRules({ keep, ...which }: DuplicateQuery) {
  return { ...which, keep: namedThere(keep) };
}

/** Folders of rules are of the server's machine. */
function namedThere(keep: readonly string[]): string[] {
  return keep.map((rule) => (rule.startsWith('folder:') ? `folder:${atServer(rule.slice(7))}` : rule));
}
