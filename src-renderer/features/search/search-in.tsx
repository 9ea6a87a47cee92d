import { Button } from '@mantine/core';
import { useCallback, useMemo, useRef, type ReactNode } from 'react';
import { useCommands, type Command } from '../../app/palette/commands.ts';
import { NO_FILTER, pictureFilterOf } from '../../lib/picture-filter.ts';
import { SEARCH } from '../../texts/search.ts';
import { SHELL } from '../../texts/shell.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { FilterPanel } from '../../ui/picture-filter/picture-filter.tsx';
import { Examples } from './examples.tsx';
import { QueryPicture } from './query-picture.tsx';
import { requestOf } from './request.ts';
import { Results } from './results.tsx';
import { ScoreFilter } from './score-filter.tsx';
import layout from '../../ui/picture-page.module.css';
import classes from './search.module.css';
import type { SearchQuery } from './search.ts';
import { useAddress } from './use-address.ts';
import { useTakePicture } from './use-take-picture.ts';
import { useResults } from './use-results.ts';
import { useUpload } from './upload.ts';
import { Words } from './words.tsx';

/** Browsers know no type of some that the server reads. */
const ACCEPTED = 'image/*,.heic,.heif,.avif,.tif,.tiff';

const NO_QUERY: Partial<SearchQuery> = {
  text: undefined,
  image: undefined,
  region: undefined,
  like: undefined,
  unlike: undefined,
  min_score: undefined,
  open: undefined,
  compare: undefined,
  ...NO_FILTER,
};

interface SearchInProps {
  /** Its name. */
  catalog: string;
  /** To choose another. */
  select: ReactNode;
}

export function SearchIn({ catalog, select }: SearchInProps): ReactNode {
  const { query, change } = useAddress();
  const { upload, choose, clear } = useUpload(query.image);
  const fileInput = useRef<HTMLInputElement>(null);
  const { like = [], unlike = [] } = query;
  const hasPicture = upload !== null || query.image !== undefined || like.length > 0;
  const request = requestOf(query, catalog, upload !== null);
  const { data: found, error, isFetching, isPlaceholderData, refetch } = useResults(request, upload);

  const take = useCallback(
    (file: File): void => {
      choose(file);
      change({ image: undefined, region: undefined, open: undefined });
    },
    [choose, change],
  );
  useTakePicture(take);

  const openFile = useCallback(() => fileInput.current?.click(), []);
  const startAgain = useCallback((): void => {
    clear();
    change(NO_QUERY);
  }, [clear, change]);
  const commands = useMemo<Command[]>(
    () => [
      { id: 'search-picture', label: SEARCH.commands.choose, run: openFile },
      { id: 'search-new', label: SEARCH.commands.clear, run: startAgain },
    ],
    [startAgain, openFile],
  );
  useCommands(commands);

  const onExample = useCallback(
    (kind: 'like' | 'unlike', id: string): void => {
      const other = kind === 'like' ? 'unlike' : 'like';
      const has = query[kind]?.includes(id) ?? false;
      change({ [kind]: withOr(query[kind], id, !has), [other]: withOr(query[other], id, false) });
    },
    [query, change],
  );

  return (
    <div className={layout.page}>
      <PageHeader
        title={SHELL.pages.search}
        actions={
          <>
            {request && (
              <Button size="xs" variant="default" onClick={startAgain}>
                {SEARCH.startAgain}
              </Button>
            )}
            {select}
          </>
        }
      />
      <input
        ref={fileInput}
        type="file"
        hidden
        accept={ACCEPTED}
        aria-label={SEARCH.picture.choose}
        onChange={({ currentTarget: input }) => {
          const [file] = input.files ?? [];
          if (file) take(file);
          input.value = ''; // so that the same one can be chosen again
        }}
      />
      <div className={classes.query}>
        <QueryPicture
          catalog={catalog}
          upload={upload}
          imageId={query.image}
          region={query.region}
          onCut={(region) => change({ region })}
          onOpenFile={openFile}
          onClear={() => {
            clear();
            change({ image: undefined, region: undefined });
          }}
        />
        <div className={classes.rest}>
          <Words text={query.text ?? ''} onChange={(text) => change({ text: text || undefined }, { replace: true })} />
          <Examples
            catalog={catalog}
            like={like}
            unlike={unlike}
            canUnlike={hasPicture}
            onRemove={(id) => change({ like: withOr(like, id, false), unlike: withOr(unlike, id, false) })}
          />
        </div>
      </div>
      <div className={layout.body}>
        <FilterPanel catalog={catalog} filter={pictureFilterOf(query)} onChange={(filter) => change(filter)}>
          <ScoreFilter
            minScore={query.min_score}
            limit={query.limit}
            hasPicture={hasPicture}
            onChange={(part) => change(part)}
          />
        </FilterPanel>
        {request === null ? (
          <div className={layout.results}>
            <EmptyState
              title={SEARCH.start.title}
              text={SEARCH.start.text}
              action={<Button onClick={openFile}>{SEARCH.picture.choose}</Button>}
            />
          </div>
        ) : error && (!found || isPlaceholderData || !isFetching) ? (
          <div className={layout.results}>
            <ErrorState error={error} onRetry={() => void refetch()} />
          </div>
        ) : (
          <Results
            found={found}
            isBusy={isFetching}
            catalog={catalog}
            query={query}
            change={change}
            onExample={onExample}
            onClearFilters={() => change({ ...NO_FILTER, min_score: undefined })}
          />
        )}
      </div>
    </div>
  );
}

/** With or without one; nothing, where none is left. */
function withOr(ids: readonly string[] = [], id: string, isIn: boolean): string[] | undefined {
  const next = [...ids.filter((other) => other !== id), ...(isIn ? [id] : [])];
  return next.length > 0 ? next : undefined;
}
