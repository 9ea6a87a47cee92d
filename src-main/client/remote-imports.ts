import type { z } from 'zod';
import { contract } from '../../src-core/contract/contract.ts';
import type { importDocument, ledgerDocument, startImport } from '../../src-core/contract/imports.ts';
import { LEDGER_OUTCOMES, type LedgerCounts, type LedgerLine } from '../../src-core/domain/import.ts';
import { COUNT_NAMES } from '../documents.ts';
import type { ImportDesk, NamedImport } from './operator.ts';
import type { ServerClient } from './server-client.ts';

const { imports } = contract;

export function createRemoteImports(client: ServerClient): ImportDesk {
  return {
    list: async (limit) => (await client.call(imports.list, { limit })).imports.map(importOf),
    get: async (import_id) => importOf(await client.call(imports.get, { import_id })),
    async ledger(import_id, { outcomes, codes }, limit, cursor) {
      const which = { ...(outcomes && { outcome: [...outcomes] }), ...(codes && { code: [...codes] }) };
      const { lines, next } = await client.call(imports.ledger, { import_id, ...which, limit, cursor });
      return { items: lines.map(lineOf), next };
    },
  };
}

/** Paths are of the server's machine. An unfinished import of the same goes on. */
export async function startRemoteImport(
  client: ServerClient,
  wanted: z.input<typeof startImport>,
): Promise<NamedImport> {
  return importOf(await client.call(imports.start, wanted));
}

function importOf(document: z.output<typeof importDocument>): NamedImport {
  const { import_id, state, reason, catalog, root, priority, started_by, created_at, finished_at, errors } = document;
  const counts = LEDGER_OUTCOMES.map((outcome) => [outcome, document[COUNT_NAMES[outcome]]]);
  return {
    run: {
      id: import_id,
      state,
      reason,
      priority,
      startedBy: started_by,
      createdAt: Date.parse(created_at),
      finishedAt: finished_at === null ? null : Date.parse(finished_at),
      counts: Object.fromEntries(counts) as LedgerCounts,
      errors,
    },
    catalog,
    root,
  };
}

function lineOf({ path, task_id, at, ...line }: z.output<typeof ledgerDocument>): LedgerLine {
  return { ...line, name: path, taskId: task_id, at: Date.parse(at) };
}
