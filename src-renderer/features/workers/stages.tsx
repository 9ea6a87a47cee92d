import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { STAGES } from '../../../src-core/domain/worker-status.ts';
import { toneColor } from '../../app/theme.ts';
import { formatDuration } from '../../lib/format.ts';
import { WORKERS } from '../../texts/workers.ts';
import classes from './workers.module.css';

const texts = WORKERS.drawer;

/** How long each stage was busy and held up, all on one scale. */
export function Stages({ stages }: Pick<WorkerDocument, 'stages'>): ReactNode {
  const most = Math.max(...STAGES.map((name) => stages[name].busy_ms + stages[name].blocked_ms));
  if (most <= 0) return <Text c="dimmed">{texts.noStages}</Text>;
  return (
    <ul className={classes.stages}>
      {STAGES.map((name) => {
        const { busy_ms, blocked_ms, items } = stages[name];
        return (
          <li key={name}>
            <span>{WORKERS.stages[name]}</span>
            <span className={classes.bar} aria-hidden>
              <span style={{ width: `${(busy_ms / most) * 100}%`, background: toneColor('active') }} />
              <span style={{ width: `${(blocked_ms / most) * 100}%`, background: toneColor('delayed') }} />
            </span>
            <span className={classes.figures}>
              {texts.busy} {formatDuration(busy_ms)}
              {blocked_ms >= 1 && ` · ${texts.blocked} ${formatDuration(blocked_ms)}`}
              {items > 0 && ` · ${texts.perPicture(formatDuration(busy_ms / items))}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
