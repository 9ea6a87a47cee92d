import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { toneColor } from '../theme.ts';
import { formatExact } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { SHELL } from '../../texts/shell.ts';
import { UI } from '../../texts/ui.ts';
import { useConnectionStore } from '../context.ts';
import { useConnection } from '../live/use-live.ts';
import classes from './shell.module.css';

/** What is wrong with the connection, and what is being done about it. */
export function LostBanner(): ReactNode {
  const state = useConnection();
  const { retryNow } = useConnectionStore();
  if (state.kind !== 'reconnecting') return null;
  const why = state.error === null ? UI.problem.away : problemOf(state.error).message;
  return (
    <div className={classes.banner} role="alert">
      <IconPlugConnectedX size={18} color={toneColor('warning')} aria-hidden />
      <p>
        <b>{SHELL.lost.title}</b> {SHELL.lost.text(why, formatExact(state.since))}
      </p>
      <Button size="xs" variant="default" onClick={retryNow}>
        {SHELL.lost.now}
      </Button>
    </div>
  );
}
