import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { toneColor } from '../../app/theme.ts';
import { formatCount } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { SOURCES } from '../../texts/sources.ts';
import type { Column } from '../../ui/data-table/column.ts';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';
import type { Source } from './leave-panels.tsx';
import classes from './sources.module.css';
import { useRefresh } from './use-refresh.ts';

type Report = Answers['sources']['verify'];
type Difference = Report['found'][number];

const texts = SOURCES.verify;
const rowId = ({ kind, path, image_id }: Difference): string => `${kind} ${image_id} ${path}`;

const cut = (text: string): ReactNode => (
  <span className={classes.cut} title={text}>
    {text}
  </span>
);

const COLUMNS: readonly Column<Difference>[] = [
  { id: 'kind', header: texts.columns.kind, size: 110, cell: ({ kind }) => kind },
  {
    id: 'path',
    header: texts.columns.path,
    size: 140,
    grow: 1,
    isFixed: true,
    cell: ({ path }) => cut(nameOfPath(path)),
  },
  { id: 'message', header: texts.columns.message, size: 140, grow: 1, cell: ({ message }) => cut(message) },
  { id: 'todo', header: texts.columns.todo, size: 120, cell: ({ todo }) => cut(todo ?? texts.repairs) },
];

export function VerifyReport({ report, source }: { report: Report; source: Source }): ReactNode {
  const { checked, differences, found, beyond_repair, underway, failed, notes, imports } = report;
  const kinds = Object.entries(differences).filter(([, count]) => count > 0);
  const all = kinds.reduce((sum, [, count]) => sum + count, 0);
  const unread = Object.values(failed).reduce((sum, count) => sum + count, 0);
  return (
    <div className={classes.report} role="status">
      <Text size="sm">
        {texts.checked(formatCount(checked.files), formatCount(checked.known), formatCount(checked.records))}
      </Text>
      {all === 0 && (
        <Text size="sm" style={{ color: toneColor('good') }}>
          {texts.none}
        </Text>
      )}
      <ul className={classes.kinds} hidden={kinds.length === 0}>
        {kinds.map(([kind, count]) => (
          <li key={kind}>
            {kind} <b>{formatCount(count)}</b>
          </li>
        ))}
      </ul>
      {[
        beyond_repair > 0 && texts.beyond(formatCount(beyond_repair)),
        underway > 0 && texts.underway(formatCount(underway)),
        unread > 0 && texts.failed(formatCount(unread)),
        found.length < all && texts.more(formatCount(found.length), formatCount(all)),
        ...notes,
      ].map(
        (text) =>
          text && (
            <Text key={text} size="sm" c="dimmed">
              {text}
            </Text>
          ),
      )}
      {found.length > 0 && (
        <DataTable
          name="differences"
          label={texts.table}
          columns={COLUMNS}
          rows={found}
          rowId={rowId}
          total={found.length}
          height={Math.min(300, 36 + found.length * 34)}
        />
      )}
      {imports.map((one) => (
        <Repair key={one.path} {...one} source={source} />
      ))}
    </div>
  );
}

interface RepairProps {
  path: string;
  manifest: string | null;
  unfinished: boolean;
  source: Source;
}

/** What has to be imported, so that what is missing in the store is there again. */
function Repair({ path, manifest, unfinished, source }: RepairProps): ReactNode {
  const api = useApi();
  const mayChange = useMayChange();
  const refresh = useRefresh();
  const { mutate, isPending, isSuccess } = useMutation({
    mutationFn: () => api.imports.start.call({ path, catalog: source.catalog, ...(manifest !== null && { manifest }) }),
    onSuccess: () => {
      notifyDone(SOURCES.scanning(nameOfPath(path)));
      return refresh();
    },
    onError: (error) => notifyProblem(error),
  });
  return (
    <Group gap="sm" justify="space-between">
      <Text size="sm">
        {texts.imports}: {path}
      </Text>
      {unfinished ? (
        <Text size="sm" c="dimmed">
          {texts.unfinished}
        </Text>
      ) : (
        <Button size="compact-xs" disabled={!mayChange || isSuccess} loading={isPending} onClick={() => mutate()}>
          {texts.importNow}
        </Button>
      )}
    </Group>
  );
}
