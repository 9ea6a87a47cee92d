import { ActionIcon, Button, Group, Loader, Text } from '@mantine/core';
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { pictureFilterOf, restrictionsOf } from '../../lib/picture-filter.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { PICTURE } from '../../texts/picture.ts';
import { SEARCH } from '../../texts/search.ts';
import { CompareDialog } from '../../ui/compare/compare-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RecordDrawer } from '../../ui/picture/record-drawer.tsx';
import { PictureGrid } from '../../ui/picture-grid/picture-grid.tsx';
import { noteOf, scoreText } from './hit-note.tsx';
import layout from '../../ui/picture-page.module.css';
import classes from './search.module.css';
import type { SearchQuery } from './search.ts';
import type { ChangeAddress } from './use-address.ts';
import { useScores, type Found, type Hit } from './use-results.ts';

export interface ResultsProps {
  found: Found | undefined;
  isBusy: boolean;
  catalog: string;
  query: SearchQuery;
  change: ChangeAddress;
  /** More or less like this one; a second time takes that back. */
  onExample(kind: 'like' | 'unlike', imageId: string): void;
  onClearFilters(): void;
}

const NO_HITS: Hit[] = [];
const nameOfHit = (hit: Hit): string => nameOfPath(hit.path);

export function Results(props: ResultsProps): ReactNode {
  const { found, isBusy, catalog, query, change, onExample, onClearFilters } = props;
  const { like, unlike } = query;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const scores = useScores(found, scoreText);
  const shown = useMemo(() => [...selected].filter((id) => scores.has(id)), [selected, scores]);
  const isNarrow = restrictionsOf(pictureFilterOf(query)) > 0 || query.min_score !== undefined;
  const actions = useCallback(
    (hit: Hit) => (
      <>
        <ExampleButton
          kind="like"
          isOn={like?.includes(hit.image_id)}
          onClick={() => onExample('like', hit.image_id)}
        />
        <ExampleButton
          kind="unlike"
          isOn={unlike?.includes(hit.image_id)}
          onClick={() => onExample('unlike', hit.image_id)}
        />
      </>
    ),
    [like, unlike, onExample],
  );

  function toggle(id: string): void {
    const next = new Set(shown);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  }

  function onKey(key: string, { image_id }: Hit): boolean {
    if (key === '+') onExample('like', image_id);
    else if (key === '-') onExample('unlike', image_id);
    else return false;
    return true;
  }

  return (
    <div className={layout.results}>
      <div className={layout.status}>
        <Text size="sm" role="status">
          {found && (
            <>
              <b>{SEARCH.found(found.results.length, formatCount(found.results.length))}</b>{' '}
              <span className={classes.took}>
                {SEARCH.took(formatDuration(found.took_ms))} {SEARCH.byModel(found.model)}
              </span>
            </>
          )}
        </Text>
        {isBusy && <Loader size={14} aria-hidden />}
        <span className={layout.spring} />
        {shown.length > 0 && (
          <Group gap="xs">
            <Text size="sm">{SEARCH.selected(formatCount(shown.length))}</Text>
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setSelected(new Set())}>
              {SEARCH.clearSelection}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={shown.length < 2}
              onClick={() => change({ compare: shown })}
            >
              {PICTURE.compare.action(formatCount(shown.length))}
            </Button>
          </Group>
        )}
      </div>
      <div className={layout.fill}>
        <PictureGrid
          label={SEARCH.results}
          pictures={found?.results ?? NO_HITS}
          catalog={catalog}
          total={found?.results.length ?? null}
          name={nameOfHit}
          note={noteOf}
          actions={actions}
          selection={{ ids: selected, onToggle: toggle }}
          onOpen={({ image_id }) => change({ open: image_id })}
          openId={query.open}
          onKey={onKey}
          height="100%"
          empty={
            found && (
              <EmptyState
                title={SEARCH.nothing.title}
                text={isNarrow ? SEARCH.nothing.filtered : SEARCH.nothing.text}
                action={isNarrow && <Button onClick={onClearFilters}>{SEARCH.nothing.clear}</Button>}
              />
            )
          }
        />
      </div>
      <RecordDrawer
        imageId={query.open ?? null}
        catalog={catalog}
        onClose={() => change({ open: undefined })}
        actions={
          query.open !== undefined && (
            <>
              <DrawerExample kind="like" id={query.open} query={query} onExample={onExample} />
              <DrawerExample kind="unlike" id={query.open} query={query} onExample={onExample} />
            </>
          )
        }
      />
      <CompareDialog
        imageIds={query.compare ?? []}
        catalog={catalog}
        scores={scores}
        onClose={() => change({ compare: undefined })}
      />
    </div>
  );
}

const ICONS = { like: IconThumbUp, unlike: IconThumbDown } as const;

interface ExampleButtonProps {
  kind: 'like' | 'unlike';
  isOn: boolean | undefined;
  onClick(): void;
}

/** On a tile: keys do the same, so it is no stop on the way through the page. */
function ExampleButton({ kind, isOn = false, onClick }: ExampleButtonProps): ReactNode {
  const Icon = ICONS[kind];
  return (
    <ActionIcon
      size="sm"
      tabIndex={-1}
      variant={isOn ? 'filled' : 'default'}
      aria-label={SEARCH[kind]}
      aria-pressed={isOn}
      title={kind === 'like' ? SEARCH.likeKey : SEARCH.unlikeKey}
      onClick={onClick}
    >
      <Icon size={14} aria-hidden />
    </ActionIcon>
  );
}

interface DrawerExampleProps extends Pick<ResultsProps, 'query' | 'onExample'> {
  kind: 'like' | 'unlike';
  id: string;
}

function DrawerExample({ kind, id, query, onExample }: DrawerExampleProps): ReactNode {
  const Icon = ICONS[kind];
  const isOn = query[kind]?.includes(id) ?? false;
  return (
    <Button
      size="xs"
      variant={isOn ? 'light' : 'default'}
      aria-pressed={isOn}
      leftSection={<Icon size={15} aria-hidden />}
      onClick={() => onExample(kind, id)}
    >
      {SEARCH[kind]}
    </Button>
  );
}
