import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PictureFilter } from '../../lib/picture-filter.ts';
import { PICTURE } from '../../texts/picture.ts';
import classes from './picture-filter.module.css';

const texts = PICTURE.filter;

interface FileFilterProps {
  file: PictureFilter['file'];
  onChange(file: PictureFilter['file']): void;
}

/** Whether the file of a picture is there. */
export function FileFilter({ file, onChange }: FileFilterProps): ReactNode {
  return (
    <Select
      size="xs"
      clearable
      placeholder={texts.any}
      classNames={{ label: classes.label }}
      label={texts.file}
      data={(['there', 'missing'] as const).map((value) => ({ value, label: texts.files[value] }))}
      value={file ?? null}
      onChange={(value) => onChange((value as PictureFilter['file'] | null) ?? undefined)}
    />
  );
}
