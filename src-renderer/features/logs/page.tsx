import { Button } from '@mantine/core';
import { IconPackageExport, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import { useMayChange, useTransport } from '../../app/context.ts';
import { useLogs } from '../../app/live/use-logs.ts';
import { useCommands } from '../../app/palette/commands.ts';
import { formatCount } from '../../lib/format.ts';
import { holdsText, type LogLine, type LogRow } from '../../lib/log-rows.ts';
import { LOGS } from '../../texts/logs.ts';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { LOG_TABLE } from './columns.tsx';
import { DEFAULT_LEVEL, Filters } from './filters.tsx';
import { LineDrawer } from './line-drawer.tsx';
import classes from './logs.module.css';

const route = getRouteApi('/logs');
const idOf = ({ id }: LogRow): string => id;

/** All that the server keeps. */
const TAIL = 2_000;
const TABLE_HEIGHT = 'calc(100dvh - 190px)';

export function LogsPage(): ReactNode {
  const mayChange = useMayChange();
  const { downloadUrl } = useTransport();
  const search = route.useSearch();
  const { level = DEFAULT_LEVEL, proc, worker, of, text } = search;
  const { rows: all, isOpen, isLost } = useLogs({ level, proc, worker_id: worker, of }, TAIL);
  /** The rows that stay while the log is paused; null while it is followed. */
  const [held, setHeld] = useState<readonly LogRow[] | null>(null);
  const [open, setOpen] = useState<{ id: string; line: LogLine } | null>(null);
  const shownFrom = held ?? all;
  const rows = useMemo(() => withText(shownFrom, text), [shownFrom, text]);
  const isFollowing = held === null;
  const follow = (isOn: boolean): void => setHeld(isOn ? null : all);
  // Other lines are asked for: what was held is of no use.
  const key = JSON.stringify([level, proc, worker, of]);
  const [heldKey, setHeldKey] = useState(key);
  if (heldKey !== key) {
    setHeldKey(key);
    setHeld(null);
  }
  const commands = useMemo(
    () => [
      {
        id: 'logs-follow',
        label: isFollowing ? LOGS.pause : LOGS.follow,
        keywords: LOGS.title,
        run: () => setHeld(isFollowing ? all : null),
      },
    ],
    [isFollowing, all],
  );
  useCommands(commands);

  return (
    <>
      <PageHeader
        title={LOGS.title}
        actions={
          <>
            <Newer held={held} all={all} onFollow={() => follow(true)} />
            <span className={classes.status} role="status">
              <Status isOpen={isOpen} isLost={isLost} isFollowing={isFollowing} />
            </span>
            {mayChange && (
              <Button
                component="a"
                href={downloadUrl('support-bundle')}
                download
                size="xs"
                variant="default"
                title={LOGS.bundleText}
                leftSection={<IconPackageExport size={15} aria-hidden />}
              >
                {LOGS.bundle}
              </Button>
            )}
            <Button
              size="xs"
              w={110}
              variant="default"
              leftSection={
                isFollowing ? <IconPlayerPause size={15} aria-hidden /> : <IconPlayerPlay size={15} aria-hidden />
              }
              onClick={() => follow(!isFollowing)}
            >
              {isFollowing ? LOGS.pause : LOGS.follow}
            </Button>
          </>
        }
      />
      <DataTable
        name="logs"
        label={LOGS.table}
        columns={LOG_TABLE}
        rows={rows}
        rowId={idOf}
        openId={open?.id ?? null}
        onOpen={(row) => 'line' in row && setOpen(row)}
        follow={{ isOn: isFollowing, onChange: follow }}
        empty={isOpen && <NoLines isFiltered={all.length > 0 || [proc, worker, of].some(Boolean)} />}
        height={TABLE_HEIGHT}
      >
        <Filters search={search} />
      </DataTable>
      <LineDrawer line={open?.line ?? null} onClose={() => setOpen(null)} />
    </>
  );
}

function withText(rows: readonly LogRow[], text: string | undefined): readonly LogRow[] {
  if (text === undefined) return rows;
  const wanted = text.toLowerCase();
  return rows.filter((row) => 'line' in row && holdsText(row.line, wanted));
}

function Status({
  isOpen,
  isLost,
  isFollowing,
}: {
  isOpen: boolean;
  isLost: boolean;
  isFollowing: boolean;
}): ReactNode {
  if (isLost) return <StateBadge tone="warning" label={LOGS.lost} />;
  if (!isOpen) return <StateBadge tone="quiet" label={LOGS.connecting} />;
  return isFollowing ? <StateBadge tone="good" label={LOGS.live} /> : <StateBadge tone="quiet" label={LOGS.paused} />;
}

interface NewerProps {
  held: readonly LogRow[] | null;
  all: readonly LogRow[];
  onFollow(): void;
}

/** How many came since the log was paused; goes there. */
function Newer({ held, all, onFollow }: NewerProps): ReactNode {
  const last = held?.at(-1)?.id;
  const from = all.findLastIndex(({ id }) => id === last);
  const count = held === null ? 0 : all.length - 1 - from;
  if (count === 0) return null;
  return (
    <Button size="compact-xs" variant="light" onClick={onFollow}>
      {LOGS.newLines(count, formatCount(count))}
    </Button>
  );
}

function NoLines({ isFiltered }: { isFiltered: boolean }): ReactNode {
  if (isFiltered) return <EmptyState {...LOGS.nothing} />;
  const { title, text, action } = LOGS.empty;
  return (
    <EmptyState
      title={title}
      text={text}
      action={
        <PageButton to="/settings" search={{ text: 'log.level' }} variant="default">
          {action}
        </PageButton>
      }
    />
  );
}
