import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { whichLines } from '../../../src-core/contract/imports.ts';
import { parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { csvLine } from '../../../src-core/domain/csv-line.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import { LEDGER_COLUMNS, ledgerDocument } from '../../documents.ts';
import type { ApiParts } from '../procedures.ts';

const PAGE = 1_000;

/** A slow reader may take its time over a million lines. */
const TRANSFER_MS = 3_600_000;

/** A ledger as CSV, read page by page as its reader takes it. */
export function addLedgerCsv(app: FastifyInstance, { console }: Pick<ApiParts, 'console'>): void {
  app.get('/imports/:import_id/ledger.csv', { handlerTimeout: TRANSFER_MS }, async ({ params, query }, reply) => {
    const sent = { ...(query as object), ...(params as object) };
    const { import_id: id, outcome, code } = parseOrThrow(whichLines, sent, 'ledger');
    await (await console.imports()).status(id);
    const log = await console.importLog();
    const which = { ...(outcome && { outcomes: outcome }), ...(code && { codes: code }) };

    async function* lines(): AsyncGenerator<string> {
      yield csvLine(LEDGER_COLUMNS);
      for await (const page of pagesOf((cursor) => log.ledger(id, which, PAGE, cursor))) {
        yield page
          .map((line) => {
            const document = ledgerDocument(line);
            return csvLine(LEDGER_COLUMNS.map((column) => document[column]));
          })
          .join('');
      }
    }

    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="ledger-${id}.csv"`)
      .send(Readable.from(lines()));
  });
}
