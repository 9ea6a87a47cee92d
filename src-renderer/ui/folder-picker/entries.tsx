import { VisuallyHidden } from '@mantine/core';
import { IconFileText, IconFolder, IconPhoto } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { formatBytes } from '../../lib/format.ts';
import { FOLDER_PICKER } from '../../texts/folder-picker.ts';
import { rowAfter } from '../data-table/keys.ts';
import { RelativeTime } from '../relative-time.tsx';
import classes from './folder-picker.module.css';
import type { Entry } from './use-folder.ts';

const ROW_PX = 30;
const ICONS = { folder: IconFolder, manifest: IconFileText, picture: IconPhoto };

interface EntriesProps {
  /** Whose entries they are. */
  folder: string | null;
  entries: readonly Entry[];
  chosen: string | null;
  onOpen(entry: Entry): void;
  onUp(): void;
  /** In place of entries. */
  children?: ReactNode;
}

/** Keys: arrows, Page, Home, End; Enter opens or chooses, Backspace goes up. */
export function Entries({ folder, entries, chosen, onOpen, onUp, children }: EntriesProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ folder, index: 0 });
  const active = place.folder === folder ? place.index : 0;
  const prefix = useId();
  // oxlint-disable-next-line react/incompatible-library -- what the React Compiler, which is not used here, cannot keep
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    useFlushSync: false,
  });

  const items = virtual.getVirtualItems();
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [folder]);

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const next = rowAfter(event.key, active, entries.length, page);
    const entry = entries[active];
    if (next !== null) {
      setPlace({ folder, index: next });
      virtual.scrollToIndex(next, { align: 'auto' });
    } else if (event.key === 'Enter' && entry) onOpen(entry);
    else if (event.key === 'Backspace') onUp();
    else return;
    event.preventDefault();
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label={FOLDER_PICKER.list}
      aria-activedescendant={items.some(({ index }) => index === active) ? `${prefix}${active}` : undefined}
      className={classes.list}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const entry = entries[index]!;
          const Icon = ICONS[entry.kind];
          return (
            <div
              key={entry.path}
              id={`${prefix}${index}`}
              role="option"
              aria-selected={entry.path === chosen}
              aria-setsize={entries.length}
              aria-posinset={index + 1}
              data-active={index === active || undefined}
              className={classes.entry}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => {
                setPlace({ folder, index });
                onOpen(entry);
              }}
            >
              <Icon size={16} stroke={1.6} aria-hidden />
              <span className={classes.name}>
                <VisuallyHidden>{FOLDER_PICKER[entry.kind]} </VisuallyHidden>
                {entry.name}
              </span>
              <span className={classes.fact}>{entry.bytes !== null && formatBytes(entry.bytes)}</span>
              <span className={classes.fact}>{entry.modified_at && <RelativeTime at={entry.modified_at} />}</span>
            </div>
          );
        })}
      </div>
      {children}
    </div>
  );
}
