import { TagsInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { UI } from '../texts/ui.ts';

interface PatternsFieldProps {
  label: string;
  description: ReactNode;
  value: string[];
  onChange(value: string[]): void;
}

/** Glob patterns. A comma may stand in one ({jpg,png}), so only Enter ends it. */
export function PatternsField({ label, description, value, onChange }: PatternsFieldProps): ReactNode {
  return (
    <TagsInput
      size="xs"
      label={label}
      description={description}
      placeholder={value.length === 0 ? UI.pattern : ''}
      value={value}
      onChange={onChange}
      splitChars={[]}
      acceptValueOnBlur
    />
  );
}
