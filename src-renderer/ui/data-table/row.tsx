import { memo, type ReactNode } from 'react';
import { UI } from '../../texts/ui.ts';
import type { Column } from './column.ts';
import classes from './data-table.module.css';

interface RowProps<Row> {
  row: Row;
  index: number;
  top: number;
  columns: readonly Column<Row>[];
  grid: string;
  /** Null: rows cannot be selected. */
  isSelected: boolean | null;
  isActive: boolean;
  isOpen: boolean;
  id: string;
}

/** Nothing of it changes while the table is scrolled: what it draws depends on these alone. Clicks go to the table. */
function PlainRow<Row>({ row, index, top, columns, grid, isSelected, isActive, isOpen, id }: RowProps<Row>): ReactNode {
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={isSelected ?? undefined}
      data-index={index}
      data-active={isActive || undefined}
      data-open={isOpen || undefined}
      className={classes.row}
      style={{ gridTemplateColumns: grid, transform: `translateY(${top}px)` }}
    >
      {isSelected !== null && (
        <div role="gridcell" className={classes.cell}>
          <input
            type="checkbox"
            data-select
            aria-label={UI.table.selectRow}
            checked={isSelected}
            readOnly
            tabIndex={-1}
          />
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align}>
          {cut(column.cell(row))}
        </div>
      ))}
    </div>
  );
}

export const TableRow = memo(PlainRow) as typeof PlainRow;

/** A text that is longer than its column is wide ends in dots, and is whole on hover. */
function cut(content: ReactNode): ReactNode {
  if (typeof content !== 'string') return content;
  return (
    <span className={classes.text} title={content}>
      {content}
    </span>
  );
}
