import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { UI } from '../../texts/ui.ts';
import { useMore, type MoreRows } from '../data-table/use-more.ts';
import { pictureAfter } from './grid-keys.ts';
import classes from './picture-grid.module.css';
import { Tile, type GridPicture, type TileProps } from './tile.tsx';

const GAP_PX = 12;
const TILE_PADDING_PX = 6;
const NAME_PX = 18;

export interface PictureGridProps<Picture extends GridPicture> {
  /** For those who do not see it. */
  label: string;
  pictures: readonly Picture[];
  /** Id or name of the catalog that they are in. */
  catalog?: string | undefined;
  /** Of everything that matches, loaded or not; null: nobody knows. */
  total?: number | null;
  more?: MoreRows;
  /** These three at module scope, or by useCallback: tiles are compared by them. */
  name(picture: Picture): string;
  note?: (picture: Picture) => ReactNode;
  actions?: (picture: Picture) => ReactNode;
  selection?: { ids: Pick<ReadonlySet<string>, 'has'>; onToggle(id: string): void };
  /** Enter, or a click. */
  onOpen(picture: Picture): void;
  openId?: string | null | undefined;
  /** Other keys on a picture; answers whether it was one that means something. */
  onKey?(key: string, picture: Picture): boolean;
  /** In place of pictures, where there are none. */
  empty?: ReactNode;
  height: string | number;
  /** Least edge of a picture, in px. */
  least?: number;
}

/** Any number of pictures: only those in sight are drawn. Keys: arrows, Page, Home, End, Space, Enter. */
export function PictureGrid<Picture extends GridPicture>(props: PictureGridProps<Picture>): ReactNode {
  const { label, pictures, catalog, total = null, more, name, note, actions, selection, onOpen, onKey } = props;
  const { openId = null, empty, height, least = 148 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(scroller, measured);
  const [wanted, setActive] = useState(0);
  const active = Math.min(wanted, Math.max(0, pictures.length - 1));
  const prefix = useId();
  const columns = Math.max(1, Math.floor((width + GAP_PX) / (least + 2 * TILE_PADDING_PX + GAP_PX)));
  const size = Math.max(1, Math.floor((width - GAP_PX * (columns - 1)) / columns) - 2 * TILE_PADDING_PX);
  const rowPx = size + 2 * TILE_PADDING_PX + NAME_PX * (note ? 2 : 1) + 4 + GAP_PX;
  const rows = width > 0 ? Math.ceil(pictures.length / columns) : 0;
  // oxlint-disable-next-line react/incompatible-library -- what the React Compiler, which is not used here, cannot keep
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 2,
    useFlushSync: false,
    // Rows are of one height, which follows the width of the window.
    getItemKey: (row) => `${rowPx}:${row}`,
  });
  const items = virtual.getVirtualItems();
  useMore(more, ((items.at(-1)?.index ?? -1) + 1) * columns - 1, pictures.length);

  const rowOf = (index: number): number => Math.floor(index / columns);
  function goTo(index: number): void {
    setActive(index);
    virtual.scrollToIndex(rowOf(index), { align: 'auto' });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx));
    const next = pictureAfter(event.key, active, { count: pictures.length, columns, page });
    const picture = pictures[active];
    if (next !== null) goTo(next);
    else if (!picture) return;
    else if (event.key === 'Enter') onOpen(picture);
    else if (event.key === ' ' && selection) selection.onToggle(picture.image_id);
    else if (!onKey?.(event.key, picture)) return;
    event.preventDefault();
  }

  function onClick({ target, ctrlKey, metaKey, shiftKey }: MouseEvent): void {
    const element = target as HTMLElement;
    const index = Number(element.closest<HTMLElement>('[data-index]')?.dataset['index'] ?? Number.NaN);
    const picture = pictures[index];
    if (!picture || element.closest('a, button')) return;
    setActive(index);
    const selects = element.matches('[data-select]') || ctrlKey || metaKey || shiftKey;
    if (selects && selection) selection.onToggle(picture.image_id);
    else onOpen(picture);
  }

  function tileOf(index: number, column: number): TileProps<Picture> {
    const picture = pictures[index]!;
    return {
      picture,
      catalog,
      index,
      column,
      size,
      name,
      note,
      actions,
      id: `${prefix}${index}`,
      isSelected: selection ? selection.ids.has(picture.image_id) : null,
      isActive: index === active,
      isOpen: picture.image_id === openId,
    };
  }

  return (
    <>
      <div
        ref={ref}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={Math.ceil((total ?? pictures.length) / columns)}
        aria-colcount={columns}
        aria-multiselectable={selection !== undefined}
        aria-activedescendant={items.some(({ index }) => index === rowOf(active)) ? `${prefix}${active}` : undefined}
        aria-busy={more?.isLoading ?? false}
        className={classes.grid}
        style={{ height }}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index: row, start }) => (
            <div
              key={row}
              role="row"
              aria-rowindex={row + 1}
              className={classes.row}
              style={{ transform: `translateY(${start}px)`, gridTemplateColumns: `repeat(${columns}, 1fr)` }}
            >
              {Array.from({ length: Math.min(columns, pictures.length - row * columns) }, (_, column) => {
                const tile = tileOf(row * columns + column, column);
                return <Tile key={tile.picture.image_id} {...tile} />;
              })}
            </div>
          ))}
        </div>
        {pictures.length === 0 && !more?.isLoading && empty}
      </div>
      {more?.isLoading && <span role="status" aria-label={UI.table.loadingMore} />}
    </>
  );
}
