import { memo, type ReactNode } from 'react';
import { PICTURE } from '../../texts/picture.ts';
import { Thumbnail } from '../picture/thumbnail.tsx';
import classes from './picture-grid.module.css';

/** What a grid needs to know of a picture. */
export interface GridPicture {
  image_id: string;
  path: string;
  thumbhash?: string | undefined;
  missing_since: string | null;
}

export interface TileProps<Picture extends GridPicture> {
  picture: Picture;
  catalog: string | undefined;
  index: number;
  column: number;
  id: string;
  /** Edge of the square that it is shown in, in px. */
  size: number;
  name(picture: Picture): string;
  note?: ((picture: Picture) => ReactNode) | undefined;
  /** Over the picture, while it is pointed at. Keys do the same. */
  actions?: ((picture: Picture) => ReactNode) | undefined;
  isSelected: boolean | null;
  isActive: boolean;
  isOpen: boolean;
}

/** Drawn again only when one of these has changed. Clicks go to the grid. */
function PlainTile<Picture extends GridPicture>(props: TileProps<Picture>): ReactNode {
  const { picture, catalog, index, column, id, size, name, note, actions, isSelected, isActive, isOpen } = props;
  const label = name(picture);
  return (
    <div
      role="gridcell"
      id={id}
      aria-colindex={column + 1}
      aria-selected={isSelected ?? undefined}
      data-index={index}
      data-active={isActive || undefined}
      data-open={isOpen || undefined}
      className={classes.tile}
      title={picture.path}
    >
      <div className={classes.picture} style={{ height: size }}>
        <Thumbnail
          imageId={picture.image_id}
          catalog={catalog}
          size={size}
          alt=""
          thumbhash={picture.thumbhash}
          isMissing={picture.missing_since !== null}
        />
        {isSelected !== null && (
          <input
            type="checkbox"
            data-select
            className={classes.check}
            aria-label={PICTURE.select(label)}
            checked={isSelected}
            readOnly
            tabIndex={-1}
          />
        )}
        {actions && <div className={classes.actions}>{actions(picture)}</div>}
      </div>
      <div className={classes.name}>{label}</div>
      {note && <div className={classes.note}>{note(picture)}</div>}
    </div>
  );
}

export const Tile = memo(PlainTile) as typeof PlainTile;
