import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { UI } from '../../texts/ui.ts';
import type { Column, Sort } from './column.ts';
import classes from './data-table.module.css';

interface HeadProps<Row> {
  columns: readonly Column<Row>[];
  grid: string;
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
  /** Null: rows cannot be selected. */
  selection: { isAll: boolean; isSome: boolean; isDisabled: boolean; onToggle(): void } | null;
}

export function Head<Row>({ columns, grid, sort, onSort, selection }: HeadProps<Row>): ReactNode {
  return (
    <div role="row" aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: grid }}>
      {selection && (
        <div role="columnheader" className={classes.cell}>
          <input
            type="checkbox"
            aria-label={UI.table.selectAllLoaded}
            checked={selection.isAll}
            disabled={selection.isDisabled}
            ref={(box) => {
              if (box) box.indeterminate = selection.isSome && !selection.isAll;
            }}
            onChange={selection.onToggle}
          />
        </div>
      )}
      {columns.map((column) => (
        <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
      ))}
    </div>
  );
}

type HeadCellProps<Row> = Pick<HeadProps<Row>, 'sort' | 'onSort'> & { column: Column<Row> };

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>): ReactNode {
  const { id, header, align, canSort = false } = column;
  const isSorted = sort?.column === id;
  const Arrow = sort?.isDescending ? IconArrowDown : IconArrowUp;
  return (
    <div
      role="columnheader"
      className={classes.cell}
      data-align={align}
      aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
    >
      {canSort && onSort ? (
        <button
          type="button"
          className={classes.sort}
          title={UI.table.sortBy(header)}
          onClick={() => onSort({ column: id, isDescending: isSorted && !sort.isDescending })}
        >
          {header}
          {isSorted && <Arrow size={13} aria-hidden />}
        </button>
      ) : (
        header
      )}
    </div>
  );
}
