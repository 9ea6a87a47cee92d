import { Group, Progress, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { toneColor } from '../app/theme.ts';
import { formatCount, formatDuration, formatPercent, formatRate } from '../lib/format.ts';
import { timeLeft } from '../lib/time-left.ts';
import { UI } from '../texts/ui.ts';
import { UNITS } from '../texts/units.ts';
import classes from './number.module.css';

interface TaskProgressProps {
  /** What the bar is of, for those who do not see it. */
  label: string;
  done: number;
  failed?: number;
  total: number;
  /** Items a second; null: not known. */
  rate?: number | null;
}

/** A bar with its share and, while something is left, rate and time left. */
export function TaskProgress({ label, done, failed = 0, total, rate = null }: TaskProgressProps): ReactNode {
  const share = total > 0 ? (done + failed) / total : 0;
  const left = rate === null ? null : timeLeft(total - done - failed, rate);
  return (
    <div>
      <Progress.Root size={6} aria-label={label}>
        <Progress.Section
          value={total > 0 ? (done / total) * 100 : 0}
          color={toneColor('active')}
          aria-label={`${label}: ${formatCount(done)}`}
        />
        <Progress.Section
          value={total > 0 ? (failed / total) * 100 : 0}
          color={toneColor('failed')}
          aria-label={`${label}: ${formatCount(failed)}`}
        />
      </Progress.Root>
      {/* From the left, and the share in a width of its own: nothing moves while they tick. */}
      <Group gap="sm" mt={2} wrap="nowrap" className={classes.number}>
        <Text size="xs" c="dimmed" miw="4ch">
          {formatPercent(share)}
        </Text>
        {rate !== null && left !== null && left > 0 && (
          <Text size="xs" c="dimmed">
            {`${UNITS.perSecond(formatRate(rate))} · ${UI.timeLeft(formatDuration(left))}`}
          </Text>
        )}
      </Group>
    </div>
  );
}
