import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { groupsForCsv } from '../../../src-core/contract/duplicates.ts';
import { parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { csvLine } from '../../../src-core/domain/csv-line.ts';
import { DUPLICATE_COLUMNS, duplicateRows } from '../../duplicate-documents.ts';
import type { ApiParts } from '../procedures.ts';
import { rulesOf, whichOf } from './input.ts';

/** A slow reader may take its time over a million lines. */
const TRANSFER_MS = 3_600_000;

/** Groups as CSV, with what the rules keep and mark where some are given; read group by group as its reader takes it. */
export function addDuplicatesCsv(app: FastifyInstance, { console }: Pick<ApiParts, 'console'>): void {
  app.get('/duplicates.csv', { handlerTimeout: TRANSFER_MS }, async ({ query }, reply) => {
    const { keep, keep_ids, mark_ids, ...which } = parseOrThrow(groupsForCsv, query, 'duplicates');
    const duplicates = await console.duplicates();
    const rules = keep ? await rulesOf({ keep, keep_ids, mark_ids }, console) : null;
    const groups = await duplicates.all(which.catalog, whichOf(which));

    async function* lines(): AsyncGenerator<string> {
      yield csvLine(DUPLICATE_COLUMNS);
      for await (const group of groups) {
        yield duplicateRows(group, rules).map(csvLine).join('');
      }
    }

    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="duplicates.csv"')
      .send(Readable.from(lines()));
  });
}
