import type { Plan } from '../services/plan/plan-imports.ts';
import { formatRows, tallyDocument, type FormatRow } from '../plan-documents.ts';
import { sumOf, type Amount, type Tally } from '../services/plan/tally.ts';
import { formatBytes, formatCount, formatDuration, formatNumberOf, formatRate, printable } from './format.ts';
import type { Paint } from './io.ts';
import { formatTable } from './table.ts';

/** One path: its counts. Several: the sums, and `sources` beside them. */
export function planDocument({ catalog, total, sources, leftOut, time, workers }: Plan) {
  return {
    dry_run: true,
    catalog,
    ...tallyDocument(total),
    folders_left_out_first: leftOut,
    estimate:
      'unknown' in time
        ? null
        : {
            seconds: seconds(time.ms),
            low_seconds: seconds(time.lowMs),
            high_seconds: seconds(time.highMs),
            start_up_seconds: seconds(time.startUpMs),
            images_per_second: time.picturesPerSecond === null ? null : Number(time.picturesPerSecond.toFixed(2)),
            sampled: time.sampled,
            workers,
          },
    estimate_missing: 'unknown' in time ? time.unknown : null,
    interrupted: 'unknown' in time && time.unknown === 'stopped',
    ...(sources.length > 1 && {
      sources: sources.map(({ path, kind, tally }) => ({ path, kind, ...tallyDocument(tally) })),
    }),
  };
}

/** For people: what would become of the files, the formats, and the time. */
export function planText(plan: Plan, paint: Paint): string {
  const { catalog, total, sources } = plan;
  const from = sources.map(({ path }) => printable(path)).join(', ');
  return [
    `Nothing was written. ${formatNumberOf(total.found, 'file')} found in ${from}; in "${catalog}" a run would have:\n`,
    outcomeTable(total, paint),
    ...(Object.keys(total.formats).length > 0 ? [formatTable(FORMAT_COLUMNS, formatRows(total), paint)] : []),
    ...foldersText(plan, paint),
    timeText(plan),
  ].join('\n');
}

const FORMAT_COLUMNS = [
  { title: 'format', value: ({ format }: FormatRow) => format || '(no extension)' },
  { title: 'pictures', value: ({ files }: FormatRow) => formatCount(files), align: 'right' },
  { title: 'size', value: ({ bytes }: FormatRow) => formatBytes(bytes), align: 'right' },
  { title: 'to index', value: ({ toIndex }: FormatRow) => formatCount(toIndex.files), align: 'right' },
  { title: 'their size', value: ({ toIndex }: FormatRow) => formatBytes(toIndex.bytes), align: 'right' },
] as const;

interface OutcomeRow {
  what: string;
  files: number;
  bytes: number | null;
}

const row = (what: string, { files, bytes }: Amount): OutcomeRow => ({ what, files, bytes });
/** Of files that are not looked at, or that are gone. */
const bare = (what: string, files: number): OutcomeRow => ({ what, files, bytes: null });

function outcomeTable(total: Tally, paint: Paint): string {
  const rows = [
    row('indexed: new', total.new),
    row('indexed again: changed', total.changed),
    row('record updated from the manifest', total.updated),
    bare('sidecars to read (.xmp)', total.sidecars),
    row('moved or renamed', total.moved),
    row('skipped: unchanged', total.unchanged),
    row('skipped: back again', total.back),
    ...Object.entries(total.excluded).map(([rule, files]) => bare(`excluded: ${rule}`, files)),
    ...Object.entries(total.failed).map(([code, files]) => bare(`failed: ${code}`, files)),
    bare('marked as missing', total.missing),
    bare('out of the catalog by new rules', total.leaving),
  ];
  return formatTable(
    [
      { title: 'what', value: ({ what }) => what },
      { title: 'files', value: ({ files }) => formatCount(files), align: 'right' },
      { title: 'size', value: ({ bytes }) => (bytes === null ? '' : formatBytes(bytes)), align: 'right' },
    ],
    rows.filter(({ files }, at) => at === 0 || files > 0),
    paint,
  );
}

function foldersText({ total, leftOut }: Plan, paint: Paint): string[] {
  if (leftOut.length === 0) return [];
  const table = formatTable(
    [
      { title: 'folder left out', value: ({ path }) => path },
      { title: 'rule', value: ({ rule }) => rule },
    ],
    leftOut,
    paint,
  );
  const more = sumOf(total.folders) - leftOut.length;
  return [more > 0 ? `${table}… and ${formatNumberOf(more, 'more folder', 'more folders')}\n` : table];
}

function timeText({ time, workers }: Plan): string {
  if ('unknown' in time) return `${UNKNOWN[time.unknown]}\n`;
  const range = `${formatDuration(time.lowMs)} to ${formatDuration(time.highMs)}`;
  const about = `It would take about ${formatDuration(time.ms)} (${range}).`;
  if (time.picturesPerSecond === null) return `${about}\n`;
  const rate = `${formatRate(time.picturesPerSecond)} with ${formatNumberOf(workers, 'worker')}`;
  return (
    `${about}\n` +
    `${formatNumberOf(time.sampled, 'picture')} of them were indexed for trial: ${rate}. ` +
    `Copies of the same bytes take less; the estimate knows of none.\n`
  );
}

const UNKNOWN = {
  'no workers': 'Without workers here, nothing can be said of the time.',
  'no result': 'The trial gave no result in a minute, so nothing can be said of the time.',
  stopped: 'Stopped before the time was known.',
};

function seconds(ms: number): number {
  return Number((ms / 1_000).toFixed(3));
}
