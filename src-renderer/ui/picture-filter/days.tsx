import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PictureFilter } from '../../lib/picture-filter.ts';
import { PICTURE } from '../../texts/picture.ts';
import classes from './picture-filter.module.css';

const texts = PICTURE.filter;

interface DaysProps extends Pick<PictureFilter, 'from' | 'to'> {
  onChange(days: Pick<PictureFilter, 'from'> | Pick<PictureFilter, 'to'>): void;
}

/** From one day to another. */
export function Days({ from, to, onChange }: DaysProps): ReactNode {
  return (
    <div className={classes.days}>
      <TextInput
        size="xs"
        type="date"
        label={texts.from}
        aria-label={texts.takenFrom}
        classNames={{ root: classes.day, label: classes.dayLabel }}
        value={from ?? ''}
        max={to}
        onChange={({ currentTarget: { value } }) => onChange({ from: value || undefined })}
      />
      <TextInput
        size="xs"
        type="date"
        label={texts.to}
        aria-label={texts.takenTo}
        classNames={{ root: classes.day, label: classes.dayLabel }}
        value={to ?? ''}
        min={from}
        onChange={({ currentTarget: { value } }) => onChange({ to: value || undefined })}
      />
    </div>
  );
}
