import { Button, Text } from '@mantine/core';
import { IconFolder, IconPhotoSearch } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { folderOfPath } from '../../lib/path-names.ts';
import { filterTextsOf, NO_FILTER, pictureFilterOf } from '../../lib/picture-filter.ts';
import { NOTHING, toggled, type Selection } from '../../lib/selection.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { PICTURE } from '../../texts/picture.ts';
import { CompareDialog } from '../../ui/compare/compare-dialog.tsx';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { SelectionBar } from '../../ui/data-table/selection-bar.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { RecordDrawer } from '../../ui/picture/record-drawer.tsx';
import type { WhichPictures } from '../../ui/picture/use-remove-pictures.ts';
import { PictureGrid } from '../../ui/picture-grid/picture-grid.tsx';
import layout from '../../ui/picture-page.module.css';
import classes from './catalog.module.css';
import { COLUMNS, pictureId, pictureName } from './columns.tsx';
import type { CatalogQuery } from './search.ts';
import { SelectionActions } from './selection-actions.tsx';
import type { Catalog } from './use-change-catalogs.ts';
import { usePictures, type Picture } from './use-pictures.ts';

interface PicturesProps {
  catalog: Catalog;
  query: CatalogQuery;
  change(part: Partial<CatalogQuery>): void;
}

/** The condition that is true of all pictures: a filter that is empty takes none out. */
const EVERYTHING = ['image_id=*'];
const ALL = { has: (): boolean => true };

const noteOf = ({ width, height, bytes }: Picture): ReactNode => (
  <>
    <span>{PICTURE.pixels(formatCount(width), formatCount(height))}</span>
    <span>{formatBytes(bytes)}</span>
  </>
);

export function Pictures({ catalog, query, change }: PicturesProps): ReactNode {
  const filter = filterTextsOf(pictureFilterOf(query));
  const { rows, more, total, error, refetch, hasChanged, restart } = usePictures(catalog, filter);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  // Of those that are there still.
  const ids = useMemo(() => {
    if (selection.kind === 'all' || selection.ids.size === 0) return [];
    return rows.map(pictureId).filter((id) => selection.ids.has(id));
  }, [rows, selection]);
  const which: WhichPictures =
    selection.kind === 'all' ? { filter: filter.length > 0 ? filter : EVERYTHING, total: total ?? 0 } : { ids };
  const present = useMemo<Selection>(
    () => (selection.kind === 'all' ? selection : { kind: 'some', ids: new Set(ids) }),
    [selection, ids],
  );
  const open = ({ image_id }: Picture): void => change({ open: image_id });
  const empty = !error && (
    <EmptyState
      title={CATALOG.nothing.title}
      text={CATALOG.nothing.text}
      action={<Button onClick={() => change(NO_FILTER)}>{CATALOG.nothing.clear}</Button>}
    />
  );
  const actions = (
    <SelectionActions
      catalog={catalog.name}
      which={which}
      onCompare={(compare) => change({ compare })}
      onDone={() => setSelection(NOTHING)}
    />
  );

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
          {total !== undefined && (
            <b>
              {filter.length === 0
                ? CATALOG.pictures(total, formatCount(total))
                : CATALOG.matching(formatCount(total), formatCount(catalog.images))}
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
        {query.view !== 'list' && (
          <SelectionBar selection={present} total={total ?? null} onChange={setSelection}>
            {actions}
          </SelectionBar>
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
            total={total ?? null}
            more={more}
            selection={{ value: present, onChange: setSelection, actions }}
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
            total={total ?? null}
            more={more}
            name={pictureName}
            note={noteOf}
            actions={similarTo}
            selection={{
              ids: present.kind === 'all' ? ALL : present.ids,
              onToggle: (id) => setSelection(toggled(selection, id, rows.map(pictureId))),
            }}
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
