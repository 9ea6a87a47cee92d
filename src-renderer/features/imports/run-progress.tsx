import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatDuration } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { IMPORTS } from '../../texts/imports.ts';
import { TaskProgress } from '../../ui/task-progress.tsx';
import classes from './imports.module.css';
import { doneOf, isRunning, tookMs, type Run } from './run.ts';
import { useRate } from './use-rate.ts';

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
  return <RunBar run={run} />;
}

export function RunBar({ run }: { run: Run }): ReactNode {
  const rate = useRate(run.import_id);
  return (
    <div className={classes.progress}>
      <TaskProgress
        label={nameOfPath(run.root)}
        done={doneOf(run) - run.failed}
        failed={run.failed}
        total={run.discovered}
        rate={isRunning(run) ? rate : null}
      />
    </div>
  );
}
