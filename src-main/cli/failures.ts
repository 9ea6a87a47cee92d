import type { LedgerLine } from '../../src-core/domain/import.ts';
import type { ImportLedger } from '../../src-core/ports/import-log.ts';
import type { ListedImport } from '../documents.ts';
import { formatCount, printable } from './format.ts';
import type { Paint } from './io.ts';

/** Lines of files that failed, at most `limit` over all the imports. */
export async function failedFiles(
  log: Pick<ImportLedger, 'ledger'>,
  runs: readonly ListedImport[],
  limit: number,
): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for (const { id, counts } of runs) {
    if (counts.failed === 0 || lines.length >= limit) continue;
    lines.push(...(await log.ledger(id, { outcomes: ['failed'] }, limit - lines.length)).items);
  }
  return lines;
}

/** The failed files that are shown, one a line, and how many more there are; nothing where none failed. */
export function formatFailures(lines: readonly LedgerLine[], total: number, paint: Paint): string {
  if (!lines.length) return '';
  const shown = lines.map(
    ({ name, reason, message }) => `  ${paint('red', reason ?? '')}  ${printable(name)}: ${printable(message ?? '')}\n`,
  );
  const more = total > lines.length ? `  … and ${formatCount(total - lines.length)} more\n` : '';
  return `\nFailed:\n${shown.join('')}${more}`;
}
