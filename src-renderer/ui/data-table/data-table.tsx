import { useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { toggled, withRange, type Selection } from '../../lib/selection.ts';
import { UI } from '../../texts/ui.ts';
import { ROW_PX, TableBody } from './body.tsx';
import { gridOf, type Column, type Sort } from './column.ts';
import { ColumnsMenu } from './columns-menu.tsx';
import classes from './data-table.module.css';
import { Head } from './head.tsx';
import { rowAfter } from './keys.ts';
import { SelectionBar } from './selection-bar.tsx';
import { useColumns } from './use-columns.ts';
import { useFollow, type Follow } from './use-follow.ts';
import type { MoreRows } from './use-more.ts';
import { usePageKeys } from './use-page-keys.ts';

export interface DataTableProps<Row> {
  /** Its columns are remembered by it. */
  name: string;
  /** For those who do not see it. */
  label: string;
  /** At module scope, or by useMemo. */
  columns: readonly Column<Row>[];
  /** A row that has not changed must be the same object: it is not drawn again. */
  rows: readonly Row[];
  rowId(row: Row): string;
  /** Of everything that matches, loaded or not; null: nobody knows. */
  total?: number | null;
  more?: MoreRows;
  selection?: { value: Selection; onChange(selection: Selection): void; actions?: ReactNode };
  /** Enter, or a click. */
  onOpen?(row: Row): void;
  openId?: string | null;
  sort?: Sort | null;
  onSort?(sort: Sort): void;
  /** At the left above the table: filters. */
  children?: ReactNode;
  /** In place of rows, where there are none. */
  empty?: ReactNode;
  /** The last row stays in sight, until somebody scrolls away from it. */
  follow?: Follow;
  /** Of the scrolled part. */
  height?: string | number;
  /** It is what the page is about: its keys work also while nothing has the focus. */
  takesKeys?: boolean;
}

/** A grid over any number of rows: only those in sight are drawn. Keys: arrows or j and k, Page, Home, End, Space or x, Enter. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { name, label, rows, rowId, total = null, more, selection, onOpen, openId = null, sort = null, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const bringIntoSight = useRef<(index: number) => void>(null);
  const [chosenRow, setActive] = useState(0);
  const active = props.follow?.isOn ? Math.max(rows.length - 1, 0) : chosenRow;
  const anchor = useRef(0);
  const prefix = useId();
  const columns = useColumns(name, props.columns);
  const shownIds = columns.shown.map(({ id }) => id).join();
  // The same list while the same columns are shown: rows are compared by it.
  const shown = useMemo(
    () => props.columns.filter(({ id }) => shownIds.split(',').includes(id)),
    [props.columns, shownIds],
  );
  const grid = gridOf(shown, selection !== undefined);
  const onScroll = useFollow(scroller, props.follow, rows);

  function select(index: number, isRange: boolean): void {
    const row = rows[index];
    if (!selection || row === undefined) return;
    const { value, onChange } = selection;
    const ids = rows.map(rowId);
    const id = rowId(row);
    onChange(isRange ? withRange(value, ids, anchor.current, index) : toggled(value, id, ids));
    anchor.current = index;
  }

  function open(index: number): void {
    const row = rows[index];
    if (row !== undefined) onOpen?.(row);
  }

  function goTo(index: number): void {
    setActive(index);
    bringIntoSight.current?.(index);
  }

  function onKeyDown(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'preventDefault'>): void {
    const { key, shiftKey, ctrlKey, metaKey } = event;
    const hasCommand = ctrlKey || metaKey;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2);
    const next = hasCommand ? null : rowAfter(key, active, rows.length, page);
    if (next !== null) {
      if (shiftKey) select(next, true);
      goTo(next);
    } else if (key === ' ' || (key === 'x' && !hasCommand)) select(active, shiftKey);
    else if (key === 'Enter') open(active);
    else if (key === 'a' && hasCommand) selection?.onChange({ kind: 'all' });
    else return;
    event.preventDefault();
  }

  usePageKeys(scroller, props.takesKeys ?? false, onKeyDown);

  function onClick({ target, shiftKey }: MouseEvent): void {
    const element = target as HTMLElement;
    const index = Number(element.closest<HTMLElement>('[data-index]')?.dataset['index'] ?? Number.NaN);
    if (Number.isNaN(index)) return;
    setActive(index);
    const cell = element.closest('[role=gridcell]');
    if (cell?.querySelector('[data-select]')) return select(index, shiftKey);
    if (!element.closest('a, button')) open(index);
  }

  const selected = selection?.value;
  const chosen = useMemo(() => {
    if (selected?.kind !== 'some') return rows.length;
    return selected.ids.size === 0 ? 0 : rows.filter((row) => selected.ids.has(rowId(row))).length;
  }, [selected, rows, rowId]);
  return (
    <>
      <div className={classes.bar}>
        {props.children}
        {selection && (
          <SelectionBar selection={selection.value} total={total} onChange={selection.onChange}>
            {selection.actions}
          </SelectionBar>
        )}
        <span className={classes.spring} />
        <ColumnsMenu columns={columns} />
      </div>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={(total ?? rows.length) + 1}
        aria-colcount={shown.length + (selection ? 1 : 0)}
        aria-multiselectable={selection !== undefined}
        aria-busy={more?.isLoading ?? false}
        className={classes.table}
        style={{ height: props.height ?? 'calc(100dvh - 190px)' }}
        onKeyDown={(event) => {
          if (event.target === event.currentTarget) onKeyDown(event);
        }}
        onClick={onClick}
        onScroll={onScroll}
      >
        <Head
          columns={shown}
          grid={grid}
          sort={sort}
          onSort={props.onSort}
          selection={
            selection
              ? {
                  isAll: rows.length > 0 && chosen === rows.length,
                  isSome: chosen > 0,
                  isDisabled: rows.length === 0,
                  onToggle: () =>
                    selection.onChange({
                      kind: 'some',
                      ids: new Set(chosen === rows.length ? [] : rows.map(rowId)),
                    }),
                }
              : null
          }
        />
        <TableBody
          scroller={scroller}
          bringIntoSight={bringIntoSight}
          rows={rows}
          rowId={rowId}
          columns={shown}
          grid={grid}
          selected={selected ?? null}
          active={active}
          openId={openId}
          prefix={prefix}
          more={more}
        />
        {rows.length === 0 && !more?.isLoading && empty && (
          <div role="rowgroup">
            <div role="row">
              <div role="gridcell">{empty}</div>
            </div>
          </div>
        )}
      </div>
      {more?.isLoading && <span role="status" aria-label={UI.table.loadingMore} />}
    </>
  );
}
