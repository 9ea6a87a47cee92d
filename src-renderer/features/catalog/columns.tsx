import { formatBytes, formatCount } from '../../lib/format.ts';
import { folderOfPath } from '../../lib/path-names.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { PICTURE } from '../../texts/picture.ts';
import { UNITS } from '../../texts/units.ts';
import type { Column } from '../../ui/data-table/column.ts';
import { Thumbnail } from '../../ui/picture/thumbnail.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import classes from './catalog.module.css';
import type { Picture } from './use-pictures.ts';

const texts = CATALOG.columns;
const EDGE = 26;

export const COLUMNS: readonly Column<Picture>[] = [
  {
    id: 'picture',
    header: texts.picture,
    size: 64,
    isFixed: true,
    cell: ({ image_id, catalog, thumbhash, missing_since }) => (
      <span className={classes.small}>
        <Thumbnail
          imageId={image_id}
          catalog={catalog}
          size={EDGE}
          alt=""
          thumbhash={thumbhash}
          isMissing={missing_since !== null}
        />
      </span>
    ),
  },
  { id: 'file', header: texts.file, size: 180, grow: 2, isFixed: true, cell: ({ file_name }) => file_name },
  { id: 'folder', header: texts.folder, size: 160, grow: 2, cell: ({ path }) => folderOfPath(path) },
  { id: 'product', header: texts.product, size: 110, grow: 1, cell: ({ product_id }) => product_id ?? UNITS.unknown },
  { id: 'name', header: texts.name, size: 140, grow: 1, isHidden: true, cell: ({ name }) => name ?? UNITS.unknown },
  { id: 'format', header: texts.format, size: 70, cell: ({ format }) => format },
  {
    id: 'dimensions',
    header: texts.dimensions,
    size: 118,
    align: 'end',
    cell: ({ width, height }) => PICTURE.pixels(formatCount(width), formatCount(height)),
  },
  { id: 'bytes', header: texts.bytes, size: 90, align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
  {
    id: 'captured',
    header: texts.captured,
    size: 110,
    isHidden: true,
    cell: ({ captured_at }) => (captured_at === null ? UNITS.unknown : <RelativeTime at={captured_at} />),
  },
  { id: 'indexed', header: texts.indexed, size: 110, cell: ({ indexed_at }) => <RelativeTime at={indexed_at} /> },
];

export const pictureId = ({ image_id }: Picture): string => image_id;
export const pictureName = ({ file_name }: Picture): string => file_name;
