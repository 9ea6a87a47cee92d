import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconExternalLink, IconPhotoSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ImageDocument } from '../../../src-core/contract/images.ts';
import { useApi, useMayChange, useTransport } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { PICTURE } from '../../texts/picture.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { CopyButton } from '../copy-button.tsx';
import { DetailDrawer } from '../detail-drawer.tsx';
import { ErrorState } from '../error-state.tsx';
import { KeyValue } from '../key-value.tsx';
import { notifyProblem } from '../notify.ts';
import { PageButton } from '../page-link.tsx';
import { factsOf, type PictureFact } from './facts.ts';
import classes from './record-drawer.module.css';
import { Thumbnail } from './thumbnail.tsx';
import { useIndexAgain } from './use-index-again.ts';
import { useRemovePictures } from './use-remove-pictures.ts';

interface RecordDrawerProps {
  /** Open while there is one. */
  imageId: string | null;
  catalog?: string | undefined;
  onClose(): void;
  /** More that can be done with it. */
  actions?: ReactNode;
}

/** A picture with all that its record says, and what can be done with it. */
export function RecordDrawer({ imageId, catalog, onClose, actions }: RecordDrawerProps): ReactNode {
  const api = useApi();
  const { data, error, refetch } = useQuery(
    api.images.get.queryOptions({
      input: { image_id: imageId ?? '', ...(catalog && { catalog }) },
      enabled: imageId !== null,
    }),
  );
  const image = data?.image_id === imageId ? data : undefined;
  const title = imageId === null ? null : image ? nameOfPath(image.path) : PICTURE.loading;
  return (
    <DetailDrawer title={title} onClose={onClose}>
      {error && !image && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!image && !error && <Skeleton height={320} />}
      {image && <PictureRecord image={image} onRemoved={onClose} actions={actions} />}
    </DetailDrawer>
  );
}

interface PictureRecordProps {
  image: ImageDocument;
  onRemoved(): void;
  actions: ReactNode;
}

function PictureRecord({ image, onRemoved, actions }: PictureRecordProps): ReactNode {
  const { image_id: imageId, catalog, thumbhash, missing_since } = image;
  const transport = useTransport();
  const mayChange = useMayChange();
  const remove = useRemovePictures();
  const indexAgain = useIndexAgain();
  const isMissing = missing_since !== null;
  return (
    <Stack gap="md">
      <div className={classes.picture}>
        <Thumbnail
          imageId={imageId}
          catalog={catalog}
          size={512}
          alt={nameOfPath(image.path)}
          thumbhash={thumbhash}
          isMissing={isMissing}
        />
      </div>
      <Group gap="xs">
        <PageButton
          to="/search"
          search={{ catalog, image: imageId }}
          size="xs"
          leftSection={<IconPhotoSearch size={15} aria-hidden />}
        >
          {PICTURE.similar}
        </PageButton>
        {actions}
        {!isMissing && (
          <Button
            component="a"
            href={transport.fileUrl({ imageId, catalog })}
            target="_blank"
            rel="noreferrer"
            size="xs"
            variant="default"
            leftSection={<IconExternalLink size={15} aria-hidden />}
          >
            {PICTURE.openFile}
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          disabled={!mayChange || isMissing}
          loading={indexAgain.isPending}
          onClick={() =>
            indexAgain.mutate({ image_ids: [imageId], catalog }, { onError: (error) => notifyProblem(error) })
          }
        >
          {PICTURE.again.action}
        </Button>
        <ConfirmButton
          disabled={!mayChange}
          question={PICTURE.remove.question(1, formatCount(1))}
          text={PICTURE.remove.text}
          confirm={PICTURE.remove.confirm}
          onConfirm={async () => {
            await remove({ ids: [imageId] }, catalog);
            onRemoved();
          }}
        >
          {PICTURE.remove.action}
        </ConfirmButton>
      </Group>
      <KeyValue
        items={factsOf(image).map((fact) => [
          fact.name,
          fact.text === null ? null : <Fact key={fact.name} {...fact} />,
        ])}
      />
    </Stack>
  );
}

function Fact({ name, text, copy }: PictureFact): ReactNode {
  return (
    <span className={classes.fact}>
      <span>{text}</span>
      {copy !== undefined && <CopyButton value={copy} label={PICTURE.copy(name)} />}
    </span>
  );
}
