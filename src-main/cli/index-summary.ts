import type { ErrorCode } from '../../src-core/domain/app-error.ts';
import { LEDGER_OUTCOMES, type LedgerCounts, type LedgerLine } from '../../src-core/domain/import.ts';
import { COUNT_NAMES, countsDocument, type ListedImport } from '../documents.ts';
import { formatFailures } from './failures.ts';
import { formatCount, formatDuration, formatNumberOf, formatRate } from './format.ts';
import type { Paint } from './io.ts';
import { sumOf, type IndexReport } from './run-index.ts';

/** Failed files that the summary lists. */
export const LISTED_FAILURES = 20;

/** One path: its import. Several: the sums, and `imports` beside them. */
export function indexDocument(report: IndexReport) {
  const { catalog, runs, durationMs, completedNow, interrupted } = report;
  const [first] = runs;
  return {
    import_id: runs.length === 1 ? first?.id : null,
    catalog,
    ...countsDocument(sumCounts(runs)),
    duration_seconds: Number((durationMs / 1000).toFixed(3)),
    images_per_second: Number(rateOf(report).toFixed(2)),
    completed_now: completedNow,
    interrupted,
    errors: sumErrors(runs),
    ...(runs.length > 1 && {
      imports: runs.map((run) => ({
        import_id: run.id,
        state: run.state,
        ...countsDocument(run.counts),
        errors: run.errors,
      })),
    }),
  };
}

export function indexSummary(report: IndexReport, failures: readonly LedgerLine[], paint: Paint): string {
  const { catalog, runs, durationMs, interrupted, goesOn } = report;
  const counts = sumCounts(runs);
  const rate = report.completedNow > 0 ? `, ${formatRate(rateOf(report))}` : '';
  const done = `${formatNumberOf(counts.indexed, 'picture')} indexed in "${catalog}"`;
  const later = goesOn ? 'the server goes on, and the same command follows it again' : 'the same command resumes';
  const what = interrupted ? `Stopped: ${done} so far; ${later}.` : `${done}.`;
  const outcomes = LEDGER_OUTCOMES.flatMap((outcome) =>
    outcome !== 'indexed' && counts[outcome] > 0 ? [`${formatCount(counts[outcome])} ${COUNT_NAMES[outcome]}`] : [],
  );
  const found = `${formatNumberOf(countsDocument(counts).discovered, 'file')} found`;
  return (
    `${what}  (${formatDuration(durationMs)}${rate})\n` +
    `${[found, ...outcomes].join(', ')}.\n` +
    describeCancelled(runs) +
    describeFailures(runs, failures, counts.failed, paint)
  );
}

function describeCancelled(runs: readonly ListedImport[]): string {
  return runs
    .filter(({ state }) => state === 'cancelled')
    .map(({ id }) => `Import ${id} was cancelled.\n`)
    .join('');
}

function describeFailures(
  runs: readonly ListedImport[],
  lines: readonly LedgerLine[],
  total: number,
  paint: Paint,
): string {
  if (total === 0) return '';
  const ids = runs.filter(({ counts }) => counts.failed > 0).map(({ id }) => id);
  const all =
    total > lines.length ? ids.map((id) => `  imagefleet imports ${id} --limit 10000   lists them all\n`) : [];
  const again = '  The same command tries them again.\n';
  return `${formatFailures(lines, total, paint)}${all.join('')}${again}`;
}

/** Pictures a second of this run of the command. */
function rateOf({ completedNow, durationMs }: IndexReport): number {
  return durationMs > 0 ? (completedNow * 1000) / durationMs : 0;
}

function sumCounts(runs: readonly ListedImport[]): LedgerCounts {
  return Object.fromEntries(
    LEDGER_OUTCOMES.map((outcome) => [outcome, sumOf(runs, ({ counts }) => counts[outcome])]),
  ) as LedgerCounts;
}

function sumErrors(runs: readonly ListedImport[]): Partial<Record<ErrorCode, number>> {
  const sums: Partial<Record<ErrorCode, number>> = {};
  for (const { errors } of runs) {
    for (const [code, count] of Object.entries(errors) as [ErrorCode, number][]) sums[code] = (sums[code] ?? 0) + count;
  }
  return sums;
}
