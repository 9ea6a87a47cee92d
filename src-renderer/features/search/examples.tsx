import { ActionIcon, Text } from '@mantine/core';
import { IconThumbDown, IconThumbUp, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { SEARCH } from '../../texts/search.ts';
import { Thumbnail } from '../../ui/picture/thumbnail.tsx';
import classes from './search.module.css';

interface ExamplesProps {
  catalog: string;
  like: readonly string[];
  unlike: readonly string[];
  /** Without a picture to be like, dislikes say nothing. */
  canUnlike: boolean;
  onRemove(imageId: string): void;
}

/** Liked and disliked pictures, each to be taken away again. */
export function Examples({ catalog, like, unlike, canUnlike, onRemove }: ExamplesProps): ReactNode {
  if (like.length + unlike.length === 0) return null;
  return (
    <div className={classes.examples}>
      <Row label={SEARCH.likes} icon={IconThumbUp} ids={like} catalog={catalog} onRemove={onRemove} />
      <Row label={SEARCH.unlikes} icon={IconThumbDown} ids={unlike} catalog={catalog} onRemove={onRemove}>
        {!canUnlike && (
          <Text size="xs" c="dimmed">
            {SEARCH.unlikeNeeds}
          </Text>
        )}
      </Row>
    </div>
  );
}

interface RowProps {
  label: string;
  icon: typeof IconThumbUp;
  ids: readonly string[];
  catalog: string;
  onRemove(imageId: string): void;
  children?: ReactNode;
}

function Row({ label, icon: Icon, ids, catalog, onRemove, children }: RowProps): ReactNode {
  if (ids.length === 0) return null;
  return (
    <div className={classes.row}>
      <span className={classes.rowName}>
        <Icon size={14} aria-hidden />
        {label}
      </span>
      <ul aria-label={label} className={classes.chips}>
        {ids.map((id) => (
          <Chip key={id} imageId={id} catalog={catalog} onRemove={onRemove} />
        ))}
      </ul>
      {children}
    </div>
  );
}

function Chip({ imageId, catalog, onRemove }: { imageId: string; catalog: string; onRemove(id: string): void }) {
  const { data } = useQuery(useApi().images.get.queryOptions({ input: { image_id: imageId, catalog } }));
  const name = data ? nameOfPath(data.path) : imageId.slice(0, 8);
  return (
    <li className={classes.chip}>
      <span className={classes.chipPicture}>
        <Thumbnail
          imageId={imageId}
          catalog={catalog}
          size={24}
          alt=""
          thumbhash={data?.thumbhash}
          isMissing={data ? data.missing_since !== null : false}
        />
      </span>
      <span className={classes.chipName} title={data?.path}>
        {name}
      </span>
      <ActionIcon
        size="xs"
        variant="subtle"
        color="gray"
        aria-label={SEARCH.removeExample(name)}
        onClick={() => onRemove(imageId)}
      >
        <IconX size={12} aria-hidden />
      </ActionIcon>
    </li>
  );
}
