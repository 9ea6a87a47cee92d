import { useState, type ReactNode } from 'react';
import { z } from 'zod';
import { imageId } from '../../../src-core/contract/images.ts';
import { useTransport } from '../../app/context.ts';
import { TASKS } from '../../texts/tasks.ts';
import type { TaskRow } from './columns.tsx';
import classes from './tasks.module.css';

const indexed = z.object({ image_id: imageId });

/** Of a task that put its picture into the catalog; nothing where it is out of it by now. */
export function TaskPicture({ task: { status, result, catalog_id } }: { task: TaskRow }): ReactNode {
  const transport = useTransport();
  const [isGone, setGone] = useState(false);
  const picture = status === 'completed' ? indexed.safeParse(result).data : undefined;
  if (!picture || isGone) return null;
  return (
    <img
      className={classes.picture}
      src={transport.thumbnailUrl({ imageId: picture.image_id, catalog: catalog_id, edge: 256 })}
      alt={TASKS.drawer.indexed}
      onError={() => setGone(true)}
    />
  );
}
