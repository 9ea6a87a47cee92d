import { Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLogs, type WhichLogs } from '../app/live/use-logs.ts';
import { formatClock } from '../lib/format.ts';
import { LOGS } from '../texts/logs.ts';
import { LogLevelBadge } from './log-level.tsx';
import classes from './log-tail.module.css';

/** Lines that are shown. */
const SHOWN = 30;

/** The newest lines of a part of the log as they come, the newest first. */
export function LogTail({ which }: { which: WhichLogs }): ReactNode {
  const { rows, isOpen } = useLogs(which, SHOWN);
  const lines = rows.flatMap((row) => ('line' in row ? [{ id: row.id, ...row.line }] : [])).slice(-SHOWN);
  if (lines.length === 0) {
    return isOpen ? <Text c="dimmed">{LOGS.tail.none}</Text> : <Skeleton height={72} />;
  }
  return (
    <ol className={classes.lines} aria-label={LOGS.tail.label}>
      {lines.toReversed().map(({ id, at, level, message }) => (
        <li key={id}>
          <time dateTime={at}>{formatClock(Date.parse(at))}</time>
          <LogLevelBadge level={level} />
          <span title={message}>{message}</span>
        </li>
      ))}
    </ol>
  );
}
