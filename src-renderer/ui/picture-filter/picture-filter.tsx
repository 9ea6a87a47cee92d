import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import {
  daysOf,
  filterTextsOf,
  NO_FILTER,
  restrictionsOf,
  yearOf,
  type FilterName,
  type PictureFilter,
} from '../../lib/picture-filter.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { PICTURE } from '../../texts/picture.ts';
import { Days } from './days.tsx';
import { FacetFilter } from './facet-filter.tsx';
import { FileFilter } from './file-filter.tsx';
import { OtherFolder } from './other-folder.tsx';
import classes from './picture-filter.module.css';

const texts = PICTURE.filter;
const yearText = (year: string): string => (/^\d/.test(year) ? year : texts.before(year.slice(-4)));
const widthText = (name: string): string => texts.widths[name as keyof typeof texts.widths];
const sizeText = (name: string): string => texts.sizes[name as keyof typeof texts.sizes];

interface FilterPanelProps {
  catalog: string;
  filter: PictureFilter;
  onChange(filter: Partial<PictureFilter>): void;
  /** Above the filters of pictures: the page's own. */
  children?: ReactNode;
}

/** Which pictures of a catalog are meant. */
export function FilterPanel({ catalog, filter, onChange, children }: FilterPanelProps): ReactNode {
  const { folder, format, product, keyword, width, size, file, from, to } = filter;
  const facet = (field: string, ...names: FilterName[]) => ({
    catalog,
    field,
    others: filterTextsOf(filter, ...names),
  });
  return (
    <aside className={classes.panel} aria-label={texts.title}>
      <Group justify="space-between" h={24} mb={4}>
        <span className={classes.title}>{texts.title}</span>
        {restrictionsOf(filter) > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={() => onChange(NO_FILTER)}>
            {texts.clear}
          </Button>
        )}
      </Group>
      {children}
      <FacetFilter
        label={texts.folder}
        {...facet('folder', 'folder')}
        chosen={one(folder)}
        onChange={(chosen) => onChange({ folder: chosen.at(-1) })}
        textOf={nameOfPath}
      >
        <OtherFolder folder={folder} onChange={(other) => onChange({ folder: other })} />
      </FacetFilter>
      <FacetFilter
        label={texts.format}
        {...facet('format', 'format')}
        chosen={format ?? []}
        onChange={(chosen) => onChange({ format: orNone(chosen) as PictureFilter['format'] })}
      />
      <FacetFilter
        label={texts.product}
        {...facet('product_id', 'product')}
        chosen={product ?? []}
        onChange={(chosen) => onChange({ product: orNone(chosen) })}
        most={6}
        isOpen
      />
      <FacetFilter
        label={texts.keyword}
        {...facet('keywords', 'keyword')}
        chosen={keyword ?? []}
        onChange={(chosen) => onChange({ keyword: orNone(chosen) })}
        most={6}
        isOpen
      />
      <FacetFilter
        label={texts.taken}
        {...facet('year', 'from', 'to')}
        chosen={one(yearOf(filter))}
        onChange={(chosen) => onChange(daysOf(chosen.at(-1)))}
        most={6}
        textOf={yearText}
      >
        <Days from={from} to={to} onChange={onChange} />
      </FacetFilter>
      <FacetFilter
        label={texts.width}
        {...facet('size', 'width')}
        chosen={one(width)}
        onChange={(chosen) => onChange({ width: chosen.at(-1) as PictureFilter['width'] })}
        textOf={widthText}
      />
      <FacetFilter
        label={texts.size}
        {...facet('file_size', 'size')}
        chosen={one(size)}
        onChange={(chosen) => onChange({ size: chosen.at(-1) as PictureFilter['size'] })}
        textOf={sizeText}
      />
      <FileFilter file={file} onChange={(value) => onChange({ file: value })} />
    </aside>
  );
}

function one(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

function orNone<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined;
}
