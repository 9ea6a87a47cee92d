import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useImperativeHandle, useLayoutEffect, useState, type ReactNode, type RefObject } from 'react';
import { isSelected, type Selection } from '../../lib/selection.ts';
import type { Column } from './column.ts';
import classes from './data-table.module.css';
import { TableRow } from './row.tsx';
import { useMore, type MoreRows } from './use-more.ts';

export const ROW_PX = 34;
const HEAD_PX = 34;

interface TableBodyProps<Row> {
  scroller: RefObject<HTMLElement | null>;
  /** Is given what scrolls a row into sight. */
  bringIntoSight: RefObject<((index: number) => void) | null>;
  rows: readonly Row[];
  rowId(row: Row): string;
  columns: readonly Column<Row>[];
  grid: string;
  /** Null: rows cannot be selected. */
  selected: Selection | null;
  active: number;
  openId: string | null;
  /** Of the rows' element ids. */
  prefix: string;
  more: MoreRows | undefined;
}

/** The rows in sight: all of a table that is drawn anew while it is scrolled. */
function PlainBody<Row>(props: TableBodyProps<Row>): ReactNode {
  const { scroller, bringIntoSight, rows, rowId, columns, grid, selected, active, openId, prefix, more } = props;
  // What scrolls lies around this, and is there only when this has been drawn once.
  const [, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  // oxlint-disable-next-line react/incompatible-library -- what the React Compiler, which is not used here, cannot keep
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 12,
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  useImperativeHandle(bringIntoSight, () => (index) => virtual.scrollToIndex(index, { align: 'auto' }), [virtual]);
  useMore(more, items.at(-1)?.index ?? -1, rows.length);
  // Told from here, where it is known whether the row is drawn: an id of none would be wrong.
  const activeId = items.some(({ index }) => index === active) ? `${prefix}${active}` : null;
  useLayoutEffect(() => {
    if (activeId === null) scroller.current?.removeAttribute('aria-activedescendant');
    else scroller.current?.setAttribute('aria-activedescendant', activeId);
  }, [scroller, activeId]);

  return (
    <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
      {items.map(({ index, start }) => {
        const row = rows[index]!;
        const id = rowId(row);
        return (
          <TableRow
            key={id}
            id={`${prefix}${index}`}
            row={row}
            index={index}
            top={start - HEAD_PX}
            columns={columns}
            grid={grid}
            isSelected={selected && isSelected(selected, id)}
            isActive={index === active}
            isOpen={id === openId}
          />
        );
      })}
    </div>
  );
}

export const TableBody = memo(PlainBody) as typeof PlainBody;
