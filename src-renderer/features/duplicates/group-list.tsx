import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useId, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { UI } from '../../texts/ui.ts';
import { useMore, type MoreRows } from '../../ui/data-table/use-more.ts';
import classes from './duplicates.module.css';
import { GroupRow } from './group-row.tsx';
import type { Hand } from './hand.ts';
import { columnsIn, groupHeight, placeAfter, shownOf, type Place } from './layout.ts';
import type { Group } from './which.ts';

interface GroupListProps {
  catalog: string;
  groups: readonly Group[];
  more: MoreRows;
  /** Of all groups; null: not known yet. */
  total: number | null;
  hand: Hand;
  openId: string | null;
  onOpen(imageId: string): void;
  onCompare(group: Group): void;
  /** With an id, only this one is no duplicate of the others. */
  onNot(group: Group, imageId?: string): void;
}

const FIRST: Place = { group: 0, picture: 0 };

/** Any number of groups: only those in sight are drawn. Keys: arrows, j and k, Page, Home, End, Space, Enter, c, n, N. */
export function GroupList(props: GroupListProps): ReactNode {
  const { catalog, groups, more, total, hand, openId, onOpen, onCompare, onNot } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(scroller, measured);
  const [wanted, setActive] = useState(FIRST);
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const prefix = useId();
  const columns = columnsIn(width);
  const shown = useCallback(
    (index: number): number => {
      const group = groups[index];
      return group ? shownOf(group.pictures.length, columns, whole.has(group.group_id)) : 0;
    },
    [groups, columns, whole],
  );
  const group = Math.min(wanted.group, Math.max(0, groups.length - 1));
  const active = { group, picture: Math.min(wanted.picture, Math.max(0, shown(group) - 1)) };
  // oxlint-disable-next-line react/incompatible-library -- what the React Compiler, which is not used here, cannot keep
  const virtual = useVirtualizer({
    count: width > 0 ? groups.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback((index: number) => groupHeight(shown(index), columns), [shown, columns]),
    getItemKey: useCallback(
      (index: number) => `${columns}:${shown(index)}:${groups[index]?.group_id}`,
      [groups, shown, columns],
    ),
    overscan: 2,
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  useMore(more, items.at(-1)?.index ?? -1, groups.length);

  const toggleWhole = useCallback(({ group_id }: Group): void => {
    setWhole((old) => {
      const next = new Set(old);
      if (!next.delete(group_id)) next.add(group_id);
      return next;
    });
  }, []);

  function goTo(place: Place): void {
    setActive(place);
    virtual.scrollToIndex(place.group, { align: 'auto' });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = placeAfter(event.key, active, { count: groups.length, columns, shown });
    const one = groups[active.group];
    const picture = one?.pictures[active.picture];
    if (next) goTo(next);
    else if (!one || !picture) return;
    else if (event.key === 'Enter') onOpen(picture.image_id);
    else if (event.key === ' ' || event.key === 'x') hand.turn(one, picture.image_id);
    else if (event.key === 'c') onCompare(one);
    else if (event.key === 'n' && isWhole(one)) onNot(one);
    else if (event.key === 'N' && isWhole(one)) onNot(one, one.size > 2 ? picture.image_id : undefined);
    else return;
    event.preventDefault();
  }

  function onClick({ target }: MouseEvent): void {
    const tile = (target as HTMLElement).closest<HTMLElement>('[data-picture]');
    const row = (target as HTMLElement).closest<HTMLElement>('[data-group]');
    if (!row) return;
    const place = { group: Number(row.dataset['group']), picture: Number(tile?.dataset['picture'] ?? 0) };
    setActive(place);
    if (tile && !(target as HTMLElement).closest('button'))
      onOpen(groups[place.group]!.pictures[place.picture]!.image_id);
  }

  return (
    <>
      <div
        ref={ref}
        role="grid"
        tabIndex={0}
        aria-label={DUPLICATES.list}
        aria-rowcount={total ?? groups.length}
        aria-activedescendant={
          items.some(({ index }) => index === active.group) ? `${prefix}${active.group}-${active.picture}` : undefined
        }
        aria-busy={more.isLoading}
        className={classes.list}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, key }) => (
            <GroupRow
              key={key}
              prefix={prefix}
              group={groups[index]!}
              index={index}
              top={start}
              columns={columns}
              shown={shown(index)}
              catalog={catalog}
              hand={hand}
              active={index === active.group ? active.picture : null}
              openId={openId}
              onWhole={toggleWhole}
              onCompare={onCompare}
              onNot={onNot}
            />
          ))}
        </div>
      </div>
      {more.isLoading && <span role="status" aria-label={UI.table.loadingMore} />}
    </>
  );
}

/** Of what is not told, nobody can say anything. */
function isWhole({ size, pictures }: Group): boolean {
  return size === pictures.length;
}
