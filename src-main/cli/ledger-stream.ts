import { csvLine } from '../../src-core/domain/csv-line.ts';
import type { LedgerLine, LedgerOutcome } from '../../src-core/domain/import.ts';
import { pagesOf } from '../../src-core/domain/pages.ts';
import type { ImportLedger } from '../../src-core/ports/import-log.ts';
import type { Outcome } from './cli.ts';
import { errorDocument, LEDGER_COLUMNS, ledgerDocument } from '../documents.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Output } from './io.ts';
import { put } from './streams.ts';

/**
 * A million lines are some hundred megabytes of text: they are read and written by pages. Larger ones outlive the young
 * generation: at 5,000 lines the collector cost half as much CPU again, and 30 MB more were resident.
 */
const PAGE = 1_000;

interface WhichLedger {
  log: Pick<ImportLedger, 'ledger'>;
  importId: string;
  outcomes: readonly LedgerOutcome[] | undefined;
}

function pages({ log, importId, outcomes }: WhichLedger): AsyncGenerator<LedgerLine[]> {
  return pagesOf((cursor) => log.ledger(importId, outcomes ? { outcomes } : {}, PAGE, cursor));
}

/** A header and a line for each file. */
export async function writeLedgerCsv(stdout: Output, which: WhichLedger): Promise<Outcome> {
  await put(stdout, csvLine(LEDGER_COLUMNS));
  for await (const lines of pages(which)) {
    const rows = lines.map((line) => {
      const document = ledgerDocument(line);
      return csvLine(LEDGER_COLUMNS.map((column) => document[column]));
    });
    await put(stdout, rows.join(''));
  }
  return { json: undefined, text: '' };
}

/** `head` with the field `ledger`. An error halfway becomes a field of the document too, so that it does not look whole. */
export async function writeLedgerJson(stdout: Output, head: object, which: WhichLedger): Promise<Outcome> {
  await put(stdout, `${JSON.stringify(head).slice(0, -1)},"ledger":[`);
  let first = true;
  try {
    for await (const lines of pages(which)) {
      if (lines.length === 0) continue;
      const text = lines.map((line) => JSON.stringify(ledgerDocument(line))).join(',');
      await put(stdout, first ? text : `,${text}`);
      first = false;
    }
  } catch (thrown) {
    await put(stdout, `],"error":${JSON.stringify(errorDocument(thrown))}}\n`);
    return { json: undefined, text: '', exitCode: exitCodeOf(thrown) };
  }
  await put(stdout, ']}\n');
  return { json: undefined, text: '' };
}
