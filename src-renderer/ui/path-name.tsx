import type { ReactNode } from 'react';
import { folderOfPath, nameOfPath } from '../lib/path-names.ts';
import classes from './path-name.module.css';

/** A path in a row of a table: its last part, and the folder that it lies in as far as there is room. */
export function PathName({ path }: { path: string }): ReactNode {
  return (
    <span className={classes.path} title={path}>
      <b>{nameOfPath(path)}</b> <span className={classes.folder}>{folderOfPath(path)}</span>
    </span>
  );
}
