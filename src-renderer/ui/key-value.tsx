import type { ReactNode } from 'react';
import classes from './key-value.module.css';

/** Facts in two columns. Those without a value (null) are left out. */
export function KeyValue({ items }: { items: readonly (readonly [name: string, value: ReactNode])[] }): ReactNode {
  return (
    <dl className={classes.list}>
      {items.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
