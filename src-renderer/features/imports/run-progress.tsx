import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatDuration } from '../../lib/format.ts';
import { IMPORTS } from '../../texts/imports.ts';
import { ImportBar } from '../../ui/import-bar/import-bar.tsx';
import classes from './imports.module.css';
import { tookMs, type Run } from './run.ts';

/** A bar with rate and time left; of one that is over, how long it took. */
export function RunProgress({ run }: { run: Run }): ReactNode {
  const took = tookMs(run);
  if (took !== null) {
    return (
      <Text size="sm" c="dimmed">
        {IMPORTS.took(formatDuration(took))}
      </Text>
    );
  }
  return (
    <div className={classes.progress}>
      <ImportBar run={run} />
    </div>
  );
}
