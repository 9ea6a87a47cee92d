import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { usePages } from '../../app/use-pages.ts';
import { formatCount } from '../../lib/format.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { PICTURE } from '../../texts/picture.ts';
import { DetailDrawer } from '../../ui/detail-drawer.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Thumbnail } from '../../ui/picture/thumbnail.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import classes from './duplicates.module.css';
import type { Acts } from './use-acts.ts';

type Not = Answers['duplicates']['listNot']['not_duplicates'][number];

const texts = DUPLICATES.not;
const MOST_PICTURES = 5;
const notsOf = ({ not_duplicates }: Answers['duplicates']['listNot']): readonly Not[] => not_duplicates;

interface NotDrawerProps {
  isOpen: boolean;
  catalog: string;
  acts: Acts;
  onClose(): void;
  /** The record of one of them. */
  onOpen(imageId: string): void;
}

/** What was said to be no duplicate, with the way back. */
export function NotDrawer({ isOpen, onClose, ...list }: NotDrawerProps): ReactNode {
  return (
    <DetailDrawer title={isOpen ? texts.title : null} onClose={onClose}>
      {isOpen && <NotList {...list} />}
    </DetailDrawer>
  );
}

function NotList({ catalog, acts, onOpen }: Omit<NotDrawerProps, 'isOpen' | 'onClose'>): ReactNode {
  const { duplicates } = useApi();
  const mayChange = useMayChange();
  const { rows, more, error, isPending, refetch } = usePages(
    duplicates.listNot.infiniteOptions({
      input: (after: string | undefined) => ({ catalog, ...(after && { after }) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next,
      placeholderData: keepPreviousData,
    }),
    notsOf,
  );
  if (error && rows.length === 0) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Skeleton height={120} />;
  return (
    <Stack gap="sm">
      {rows.length === 0 && <Text c="dimmed">{texts.none}</Text>}
      <ul className={classes.nots}>
        {rows.map(({ not_id, image_ids, one_id, created_at }) => (
          <li key={not_id}>
            <span className={classes.notPictures}>
              {oneFirst(image_ids, one_id).map((imageId) => (
                <button
                  key={imageId}
                  type="button"
                  data-one={imageId === one_id || undefined}
                  aria-label={PICTURE.loading}
                  onClick={() => onOpen(imageId)}
                >
                  <Thumbnail imageId={imageId} catalog={catalog} size={64} alt="" />
                </button>
              ))}
            </span>
            <span className={classes.notText}>
              {one_id === null
                ? texts.count(image_ids.length, formatCount(image_ids.length))
                : texts.oneOf(image_ids.length - 1, formatCount(image_ids.length - 1))}
              <RelativeTime at={created_at} />
            </span>
            <Button
              size="compact-sm"
              variant="default"
              disabled={!mayChange || acts.removeNot.isPending}
              onClick={() => acts.removeNot.mutate(not_id)}
            >
              {texts.undo}
            </Button>
          </li>
        ))}
      </ul>
      {more.hasMore && (
        <Button variant="default" size="xs" loading={more.isLoading} onClick={() => more.load()}>
          {texts.more}
        </Button>
      )}
    </Stack>
  );
}

/** Those that are shown: the one that is no duplicate of the others stands before them. */
function oneFirst(imageIds: readonly string[], oneId: string | null): readonly string[] {
  const others = imageIds.filter((id) => id !== oneId);
  return [...(oneId === null ? [] : [oneId]), ...others].slice(0, MOST_PICTURES);
}
