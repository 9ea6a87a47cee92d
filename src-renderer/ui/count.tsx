import type { ReactNode } from 'react';
import { formatCount } from '../lib/format.ts';
import classes from './number.module.css';

/** A grouped number whose digits have one width, so that nothing moves while it ticks. */
export function Count({ value }: { value: number }): ReactNode {
  return <span className={classes.number}>{formatCount(value)}</span>;
}
