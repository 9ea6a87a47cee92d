import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { STAGES } from '../../../src-core/domain/worker-status.ts';
import { formatDuration } from '../../lib/format.ts';
import { TASKS } from '../../texts/tasks.ts';
import { sumOf } from './columns.tsx';
import classes from './tasks.module.css';

const ORDER: readonly string[] = STAGES;

/** One stage after the other: where in the work it was, and how long it took. `timings`: ms by stage. */
export function StageTimes({ timings }: { timings: Record<string, number> }): ReactNode {
  const names = Object.keys(timings).toSorted((a, b) => placeOf(a) - placeOf(b));
  const total = sumOf(timings);
  const share = (ms: number): string => `${total > 0 ? (ms / total) * 100 : 0}%`;
  return (
    <>
      <ol className={classes.stages}>
        {names.map((name, n) => {
          const ms = timings[name]!;
          const before = names.slice(0, n).reduce((sum, one) => sum + timings[one]!, 0);
          return (
            <li key={name}>
              <span>{TASKS.stages[name] ?? name}</span>
              <span className={classes.track}>
                <span className={classes.span} style={{ left: share(before), width: share(ms) }} />
              </span>
              <span className={classes.ms}>{formatDuration(ms)}</span>
            </li>
          );
        })}
        <li>
          <span>{TASKS.drawer.total}</span>
          <span />
          <span className={classes.ms}>{formatDuration(total)}</span>
        </li>
      </ol>
      <Text size="xs" c="dimmed" mt={4}>
        {TASKS.drawer.timingsText}
      </Text>
    </>
  );
}

/** Stages that this version does not know come last. */
function placeOf(stage: string): number {
  const place = ORDER.indexOf(stage);
  return place < 0 ? ORDER.length : place;
}
