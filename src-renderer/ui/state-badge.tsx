import type { ReactNode } from 'react';
import type { Tone } from '../app/theme.ts';
import { toneColor } from '../app/theme.ts';
import classes from './state-badge.module.css';

/** A state in its colour and in words: the colour alone never says it. */
export function StateBadge({ tone, label }: { tone: Tone; label: string }): ReactNode {
  return (
    <span className={classes.badge} style={{ color: toneColor(tone) }}>
      <span className={classes.dot} aria-hidden />
      {label}
    </span>
  );
}
