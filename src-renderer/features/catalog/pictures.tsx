import { Button, Text } from '@mantine/core';
import { IconFolder, IconPhotoSearch } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { folderOfPath } from '../../lib/path-names.ts';
import { filterTextsOf, NO_FILTER, pictureFilterOf } from '../../lib/picture-filter.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { PICTURE } from '../../texts/picture.ts';
import { CompareDialog } from '../../ui/compare/compare-dialog.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { RecordDrawer } from '../../ui/picture/record-drawer.tsx';
import { useRemovePictures } from '../../ui/picture/use-remove-pictures.ts';
import { PictureGrid } from '../../ui/picture-grid/picture-grid.tsx';
import layout from '../../ui/picture-page.module.css';
import classes from './catalog.module.css';
import { COLUMNS, pictureId, pictureName } from './columns.tsx';
import type { CatalogQuery } from './search.ts';
import type { Catalog } from './use-change-catalogs.ts';
import { usePictures, type Picture } from './use-pictures.ts';

interface PicturesProps {
  catalog: Catalog;
  query: CatalogQuery;
  change(part: Partial<CatalogQuery>): void;
}

const noteOf = ({ width, height, bytes }: Picture): ReactNode => (
  <>
    <span>{PICTURE.pixels(formatCount(width), formatCount(height))}</span>
    <span>{formatBytes(bytes)}</span>
  </>
);

export function Pictures({ catalog, query, change }: PicturesProps): ReactNode {
  const filter = filterTextsOf(pictureFilterOf(query));
  const { rows, more, error, isPending, refetch, hasChanged, restart } = usePictures(catalog.name, filter);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const mayChange = useMayChange();
  const remove = useRemovePictures();
  // Of those that are there still.
  const selected = useMemo(
    () => (chosen.size === 0 ? [] : rows.map(pictureId).filter((id) => chosen.has(id))),
    [rows, chosen],
  );
  const total = filter.length === 0 ? catalog.images : more.hasMore ? null : rows.length;
  const open = ({ image_id }: Picture): void => change({ open: image_id });
  const empty = !error && (
    <EmptyState
      title={CATALOG.nothing.title}
      text={CATALOG.nothing.text}
      action={<Button onClick={() => change(NO_FILTER)}>{CATALOG.nothing.clear}</Button>}
    />
  );

  function toggle(id: string): void {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  }

  if (error && rows.length === 0) {
    return (
      <div className={layout.results}>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  return (
    <div className={layout.results}>
      <div className={`${layout.status} ${classes.status}`}>
        <Text size="sm" role="status">
          {!isPending && (
            <b>
              {filter.length === 0
                ? CATALOG.pictures(catalog.images, formatCount(catalog.images))
                : CATALOG.matching(formatCount(rows.length), more.hasMore)}
            </b>
          )}
        </Text>
        {hasChanged && (
          <>
            <Text size="sm" c="dimmed">
              {CATALOG.changed}
            </Text>
            <Button size="compact-xs" variant="subtle" onClick={restart}>
              {CATALOG.showChanged}
            </Button>
          </>
        )}
        <span className={layout.spring} />
        {selected.length > 0 && (
          <>
            <Text size="sm">{CATALOG.selected(formatCount(selected.length))}</Text>
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setChosen(new Set())}>
              {CATALOG.clearSelection}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={selected.length < 2}
              onClick={() => change({ compare: selected })}
            >
              {PICTURE.compare.action(formatCount(selected.length))}
            </Button>
            <ConfirmButton
              size="compact-sm"
              disabled={!mayChange}
              question={PICTURE.remove.question(selected.length, formatCount(selected.length))}
              text={PICTURE.remove.text}
              confirm={PICTURE.remove.confirm}
              onConfirm={() => remove(selected, catalog.name)}
            >
              {PICTURE.remove.confirm}
            </ConfirmButton>
          </>
        )}
      </div>
      <div className={layout.fill}>
        {query.view === 'list' ? (
          <DataTable
            name="catalog"
            label={CATALOG.list}
            columns={COLUMNS}
            rows={rows}
            rowId={pictureId}
            total={total}
            more={more}
            onOpen={open}
            openId={query.open ?? null}
            height="calc(100% - 2.75rem)"
            empty={empty}
          />
        ) : (
          <PictureGrid
            label={CATALOG.list}
            pictures={rows}
            catalog={catalog.name}
            total={total}
            more={more}
            name={pictureName}
            note={noteOf}
            actions={similarTo}
            selection={{ ids: chosen, onToggle: toggle }}
            onOpen={open}
            openId={query.open}
            height="100%"
            empty={empty}
          />
        )}
      </div>
      <RecordDrawer
        imageId={query.open ?? null}
        catalog={catalog.name}
        onClose={() => change({ open: undefined })}
        actions={
          <FolderButton
            picture={rows.find(({ image_id }) => image_id === query.open)}
            onShow={(folder) => change({ folder, open: undefined })}
          />
        }
      />
      <CompareDialog
        imageIds={query.compare ?? []}
        catalog={catalog.name}
        onClose={() => change({ compare: undefined })}
      />
    </div>
  );
}

const similarTo = ({ image_id, catalog }: Picture): ReactNode => (
  <PageButton
    to="/search"
    search={{ catalog, image: image_id }}
    size="compact-xs"
    variant="default"
    tabIndex={-1}
    leftSection={<IconPhotoSearch size={13} aria-hidden />}
  >
    {PICTURE.similar}
  </PageButton>
);

function FolderButton({ picture, onShow }: { picture: Picture | undefined; onShow(folder: string): void }): ReactNode {
  const folder = picture && folderOfPath(picture.path);
  if (!folder) return null;
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconFolder size={15} aria-hidden />}
      onClick={() => onShow(folder)}
    >
      {CATALOG.folderOf}
    </Button>
  );
}
