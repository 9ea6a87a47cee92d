import { Loader, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatDuration } from '../../../lib/format.ts';
import { PREVIEW } from '../../../texts/import-preview.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import type { Options } from './options.ts';
import classes from './import-preview.module.css';
import { usePreview, type Preview } from './use-preview.ts';

const MOST_FORMATS = 6;
/** Below it nobody counts. */
const SOON_S = 10;

/** What an import would do, before it is one. It may be started without waiting for this. */
export function ImportPreview({ path, options }: { path: string; options: Options }): ReactNode {
  const { data, error } = usePreview(path, options);
  return (
    <section className={classes.preview} aria-label={PREVIEW.title} aria-busy={!data && !error}>
      {data ? (
        <Found preview={data} />
      ) : error ? (
        <ErrorState error={error} />
      ) : (
        <Text size="sm" c="dimmed" className={classes.looking}>
          <Loader size={14} aria-hidden /> {PREVIEW.looking}
        </Text>
      )}
    </section>
  );
}

function Found({ preview }: { preview: Preview }): ReactNode {
  const { complete, formats } = preview;
  const files = preview.new.files + preview.changed.files;
  const size = formatBytes(preview.new.bytes + preview.changed.bytes);
  return (
    <>
      <Text size="sm" fw={600}>
        {PREVIEW.toIndex(files, formatCount(files), size, complete)}
      </Text>
      {files > 0 && <Text size="sm">{timeOf(preview)}</Text>}
      {formats.length > 0 && <Formats formats={formats} />}
      <ul className={classes.notes}>
        {notesOf(preview).map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}

function timeOf({ time, time_unknown, open_before }: Preview): string {
  if (!time) return time_unknown === null ? '' : PREVIEW.noTime[time_unknown];
  const { seconds, low_seconds, high_seconds } = time;
  if (open_before === 0 && (high_seconds ?? seconds) < SOON_S) return PREVIEW.soon;
  const about =
    low_seconds === null || high_seconds === null
      ? PREVIEW.byRate(durationOf(seconds))
      : PREVIEW.byTrial(durationOf(seconds), durationOf(low_seconds), durationOf(high_seconds));
  return open_before === 0 ? about : `${about} ${PREVIEW.before(open_before, formatCount(open_before))}`;
}

function durationOf(seconds: number): string {
  return formatDuration(Math.max(1, Math.round(seconds)) * 1_000);
}

function Formats({ formats }: { formats: Preview['formats'] }): ReactNode {
  const others = formats.slice(MOST_FORMATS);
  const rows = formats.slice(0, MOST_FORMATS);
  if (others.length > 0) rows.push(others.reduce(added, { ...others[0]!, ...NONE, format: PREVIEW.otherFormats }));
  return (
    <Table className={classes.formats} verticalSpacing={2} horizontalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{PREVIEW.format}</Table.Th>
          <Table.Th>{PREVIEW.pictures}</Table.Th>
          <Table.Th>{PREVIEW.size}</Table.Th>
          <Table.Th>{PREVIEW.ofThem}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ format, files, bytes, to_index }) => (
          <Table.Tr key={format}>
            <Table.Td>{format === '' ? PREVIEW.noExtension : format}</Table.Td>
            <Table.Td>{formatCount(files)}</Table.Td>
            <Table.Td>{formatBytes(bytes)}</Table.Td>
            <Table.Td>{formatCount(to_index.files)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

type Format = Preview['formats'][number];
const NONE = { files: 0, bytes: 0, to_index: { files: 0, bytes: 0 } };

function added(sum: Format, { files, bytes, to_index }: Format): Format {
  const index = { files: sum.to_index.files + to_index.files, bytes: sum.to_index.bytes + to_index.bytes };
  return { ...sum, files: sum.files + files, bytes: sum.bytes + bytes, to_index: index };
}

/** What becomes of the files that are not indexed. */
function notesOf({ skipped, back, updated, moved, excluded, failed, missing, ...preview }: Preview): string[] {
  const { notes } = PREVIEW;
  const { folders, rules } = preview.folders_left_out;
  return [
    ...said(skipped.files + back.files, notes.known),
    ...said(updated.files, notes.updated),
    ...said(moved.files, notes.moved),
    ...said(excluded.files, notes.excluded, excluded.rules),
    ...said(folders, notes.folders, rules),
    ...said(failed.files, notes.failed, failed.errors),
    ...said(missing, notes.missing),
  ];
}

function said(
  count: number,
  text: (count: number, text: string, why: string) => string,
  why: Record<string, number> = {},
) {
  return count === 0 ? [] : [text(count, formatCount(count), mostOf(why))];
}

const MOST_RULES = 4;

/** "node_modules 3, *.bak 2": the most frequent first. */
function mostOf(counts: Record<string, number>): string {
  const most = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  const shown = most
    .slice(0, MOST_RULES)
    .map(([rule, count]) => `${PREVIEW.rules[rule] ?? rule} (${formatCount(count)})`);
  return [...shown, ...(most.length > MOST_RULES ? ['…'] : [])].join(', ');
}
