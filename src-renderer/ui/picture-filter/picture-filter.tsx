import { Autocomplete, Button, Group, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import {
  FILE_SIZE_NAMES,
  filterTextsOf,
  NO_FILTER,
  restrictionsOf,
  WIDTHS,
  type FileSize,
  type FilterName,
  type PictureFilter,
} from '../../lib/picture-filter.ts';
import { isWholePath } from '../../lib/path-names.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { PICTURE } from '../../texts/picture.ts';
import { FacetFilter } from './facet-filter.tsx';
import classes from './picture-filter.module.css';

const texts = PICTURE.filter;

interface FilterPanelProps {
  catalog: string;
  filter: PictureFilter;
  onChange(filter: Partial<PictureFilter>): void;
  /** Above the filters of pictures: the page's own. */
  children?: ReactNode;
}

/** Which pictures of a catalog are meant. */
export function FilterPanel({ catalog, filter, onChange, children }: FilterPanelProps): ReactNode {
  const facet = (field: string, name: FilterName, chosen: readonly string[] = []) => ({
    catalog,
    field,
    others: filterTextsOf(filter, name),
    chosen,
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
      <FolderFilter catalog={catalog} folder={filter.folder} onChange={(folder) => onChange({ folder })} />
      <FacetFilter
        label={texts.format}
        {...facet('format', 'format', filter.format)}
        onChange={(format) => onChange({ format: orNone(format) as PictureFilter['format'] })}
      />
      <FacetFilter
        label={texts.product}
        {...facet('product_id', 'product', filter.product)}
        most={6}
        onChange={(product) => onChange({ product: orNone(product) })}
      />
      <FacetFilter
        label={texts.keyword}
        {...facet('keywords', 'keyword', filter.keyword)}
        most={6}
        onChange={(keyword) => onChange({ keyword: orNone(keyword) })}
      />
      <Numbers filter={filter} onChange={onChange} />
    </aside>
  );
}

function Numbers({ filter, onChange }: Pick<FilterPanelProps, 'filter' | 'onChange'>): ReactNode {
  const select = { size: 'xs', clearable: true, placeholder: texts.any, classNames: { label: classes.label } } as const;
  const date = { size: 'xs', type: 'date', classNames: { label: classes.label } } as const;
  return (
    <>
      <Select
        {...select}
        label={texts.size}
        data={FILE_SIZE_NAMES.map((value) => ({ value, label: texts.sizes[value] }))}
        value={filter.size ?? null}
        onChange={(size) => onChange({ size: (size as FileSize | null) ?? undefined })}
      />
      <Select
        {...select}
        label={texts.width}
        data={WIDTHS.map((value) => ({ value: String(value), label: texts.atLeast(formatCount(value)) }))}
        value={filter.width === undefined ? null : String(filter.width)}
        onChange={(width) => onChange({ width: width === null ? undefined : Number(width) })}
      />
      <Select
        {...select}
        label={texts.file}
        data={(['there', 'missing'] as const).map((value) => ({ value, label: texts.files[value] }))}
        value={filter.file ?? null}
        onChange={(file) => onChange({ file: (file as PictureFilter['file'] | null) ?? undefined })}
      />
      <TextInput
        {...date}
        label={texts.from}
        value={filter.from ?? ''}
        max={filter.to}
        onChange={({ currentTarget: { value } }) => onChange({ from: value || undefined })}
      />
      <TextInput
        {...date}
        label={texts.to}
        value={filter.to ?? ''}
        min={filter.from}
        onChange={({ currentTarget: { value } }) => onChange({ to: value || undefined })}
      />
    </>
  );
}

interface FolderFilterProps {
  catalog: string;
  folder: string | undefined;
  onChange(folder: string | undefined): void;
}

function FolderFilter({ catalog, folder, onChange }: FolderFilterProps): ReactNode {
  // Of all catalogs, as other pages ask for them: for one that is just being deleted there would be no answer.
  const { data } = useQuery(useApi().sources.list.queryOptions({ input: {} }));
  const folders = (data?.sources ?? [])
    .filter((source) => source.kind === 'folder' && source.catalog === catalog)
    .map(({ path }) => path);
  const { text, setText, commit } = useTyped(folder ?? '', (typed) => {
    if (typed === '' || isWholePath(typed)) onChange(typed || undefined);
  });
  const isWrong = text.trim() !== '' && !isWholePath(text.trim());
  return (
    <Autocomplete
      size="xs"
      label={texts.folder}
      placeholder={texts.folderPlaceholder}
      classNames={{ label: classes.label }}
      data={[...new Set(folders)]}
      value={text}
      onChange={setText}
      onOptionSubmit={(value) => onChange(value)}
      onBlur={commit}
      error={isWrong && texts.notAbsolute}
      clearable
    />
  );
}

function orNone<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined;
}
