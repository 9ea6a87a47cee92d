import { Checkbox, Modal, Skeleton, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ImageDocument } from '../../../src-core/contract/images.ts';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { PICTURE } from '../../texts/picture.ts';
import { UNITS } from '../../texts/units.ts';
import { ErrorState } from '../error-state.tsx';
import { Thumbnail } from '../picture/thumbnail.tsx';
import classes from './compare-dialog.module.css';
import { compared } from './compared.ts';

const texts = PICTURE.compare;

interface CompareDialogProps {
  /** Open while there are two or more. */
  imageIds: readonly string[];
  catalog?: string | undefined;
  /** Of those that were found. */
  scores?: ReadonlyMap<string, string>;
  onClose(): void;
}

/** Pictures side by side, with what differs between their records. */
export function CompareDialog({ imageIds, catalog, scores, onClose }: CompareDialogProps): ReactNode {
  const api = useApi();
  const isOpen = imageIds.length > 1;
  const answers = useQueries({
    queries: (isOpen ? imageIds : []).map((image_id) =>
      api.images.get.queryOptions({ input: { image_id, ...(catalog && { catalog }) } }),
    ),
  });
  const images = answers.flatMap(({ data }) => (data ? [data] : []));
  const failed = answers.find(({ error }) => error);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={texts.title(formatCount(imageIds.length))}
      size="min(96vw, 1400px)"
      centered
    >
      {failed && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && images.length < imageIds.length && <Skeleton height={420} />}
      {!failed && images.length === imageIds.length && isOpen && <Compared images={images} scores={scores} />}
    </Modal>
  );
}

interface ComparedProps {
  images: readonly ImageDocument[];
  scores: ReadonlyMap<string, string> | undefined;
}

function Compared({ images, scores }: ComparedProps): ReactNode {
  const [isShort, setShort] = useState(true);
  const all = compared(images, scores);
  const shown = isShort ? all.filter(({ isSame }) => !isSame) : all;
  return (
    <>
      <Checkbox
        size="xs"
        mb="sm"
        label={texts.onlyDifferent}
        checked={isShort}
        onChange={({ currentTarget: { checked } }) => setShort(checked)}
      />
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={texts.label}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col" className={classes.corner}>
                {texts.fact}
              </th>
              {images.map((image) => (
                <th key={image.image_id} scope="col">
                  <div className={classes.picture}>
                    <Thumbnail
                      imageId={image.image_id}
                      catalog={image.catalog}
                      size={360}
                      alt=""
                      thumbhash={image.thumbhash}
                      isMissing={image.missing_since !== null}
                    />
                  </div>
                  <span className={classes.name}>{nameOfPath(image.path)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, values, isSame }) => (
              <tr key={name} data-differs={(!isShort && !isSame) || undefined}>
                <th scope="row">{name}</th>
                {images.map(({ image_id }, n) => (
                  <td key={image_id}>{values[n] ?? UNITS.unknown}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <Text c="dimmed">{texts.same}</Text>}
    </>
  );
}
