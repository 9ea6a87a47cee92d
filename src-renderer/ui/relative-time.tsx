import type { ReactNode } from 'react';
import { formatExact } from '../lib/format.ts';
import { formatRelative } from '../lib/relative-time.ts';
import { useNow } from '../lib/use-now.ts';
import classes from './number.module.css';

/** How long ago (or ahead) something is, with the exact time on hover. `at`: ISO 8601. */
export function RelativeTime({ at }: { at: string }): ReactNode {
  const now = useNow();
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={formatExact(time)} className={classes.number}>
      {formatRelative(time, now)}
    </time>
  );
}
