import { Button, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { IconDownload, IconX } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { useTransport } from '../../../app/context.ts';
import { formatBytes, formatCount } from '../../../lib/format.ts';
import { stringifySearch } from '../../../lib/search-params.ts';
import { IMPORT_DETAIL, OUTCOME_TEXTS } from '../../../texts/imports.ts';
import type { Column } from '../../../ui/data-table/column.ts';
import { DataTable } from '../../../ui/data-table/data-table.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { StateBadge } from '../../../ui/state-badge.tsx';
import type { Run } from '../run.ts';
import { countOf } from './counts.tsx';
import classes from './detail.module.css';
import { LineDrawer } from './line-drawer.tsx';
import { OUTCOME_TONES } from './outcome-tones.ts';
import { useLedger, type Line, type Which } from './use-ledger.ts';

const route = getRouteApi('/imports');
const texts = IMPORT_DETAIL.ledger;
const rowId = (line: Line): string => line.path;

const cut = (text: string | null): ReactNode => (
  <span className={classes.file} title={text ?? undefined}>
    {text}
  </span>
);

/** Every file and what became of it. Names below the root are enough: the root stands above. */
function columnsBelow(root: string): readonly Column<Line>[] {
  const below = (path: string): string => (path.startsWith(root) && path !== root ? path.slice(root.length + 1) : path);
  return [
    {
      id: 'file',
      header: texts.file,
      size: 180,
      grow: 3,
      isFixed: true,
      cell: ({ path }) => (
        <span className={classes.file} title={path}>
          {below(path)}
        </span>
      ),
    },
    {
      id: 'outcome',
      header: texts.outcome,
      size: 108,
      cell: ({ outcome }) => <StateBadge tone={OUTCOME_TONES[outcome]} label={OUTCOME_TEXTS[outcome]} />,
    },
    { id: 'reason', header: texts.reason, size: 172, grow: 1, cell: ({ reason }) => cut(reason) },
    {
      id: 'message',
      header: texts.message,
      size: 120,
      grow: 2,
      cell: ({ message }) => cut(message),
    },
    {
      id: 'bytes',
      header: texts.bytes,
      size: 84,
      align: 'end',
      cell: ({ bytes }) => (bytes === null ? null : formatBytes(bytes)),
    },
    { id: 'at', header: texts.at, size: 100, cell: ({ at }) => <RelativeTime at={at} /> },
  ];
}

export function Ledger({ run }: { run: Run }): ReactNode {
  const { outcome, code, file } = route.useSearch();
  const navigate = route.useNavigate();
  const transport = useTransport();
  const which = { ...(outcome && { outcome }), ...(code && { code }) };
  const { rows, more, error, refetch } = useLedger(run.import_id, which);
  const columns = useMemo(() => columnsBelow(run.root), [run.root]);
  const show = (path: string | undefined): void => void navigate({ search: (old) => ({ ...old, file: path }) });

  if (error && rows.length === 0) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <DataTable
        name="ledger"
        label={texts.label}
        columns={columns}
        rows={rows}
        rowId={rowId}
        total={totalOf(run, which)}
        more={more}
        onOpen={({ path }) => show(path)}
        openId={file ?? null}
        height="max(280px, calc(100dvh - 400px))"
        empty={
          <Text c="dimmed" p="md">
            {run.discovered === 0 ? texts.looking : texts.none}
          </Text>
        }
      >
        {code && (
          <Button
            size="compact-sm"
            variant="default"
            rightSection={<IconX size={13} aria-hidden />}
            title={texts.clearCode}
            onClick={() => void navigate({ search: (old) => ({ ...old, code: undefined }), replace: true })}
          >
            {texts.code(code.join(', '))}
          </Button>
        )}
        <Text size="sm" c="dimmed">
          {`${texts.title}: ${formatCount(totalOf(run, which))}`}
        </Text>
        <Button
          component="a"
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          href={transport.downloadUrl(`imports/${run.import_id}/ledger.csv`, stringifySearch(which))}
          download
        >
          {texts.export}
        </Button>
      </DataTable>
      <LineDrawer run={run} line={rows.find(({ path }) => path === file) ?? null} onClose={() => show(undefined)} />
    </>
  );
}

/** Of all that match, as the import counts them. */
function totalOf(run: Run, { outcome, code }: Which): number {
  if (code) return code.reduce((sum, one) => sum + (run.errors[one] ?? 0), 0);
  return outcome ? outcome.reduce((sum, one) => sum + countOf(run, one), 0) : run.discovered;
}
