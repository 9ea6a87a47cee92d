import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Answers } from '../app/client.ts';
import { formatCount } from '../lib/format.ts';
import { PICTURE } from '../texts/picture.ts';

interface CatalogSelectProps {
  catalogs: Answers['catalogs']['list']['catalogs'];
  /** Its name. */
  value: string | null;
  onChange(name: string): void;
}

export function CatalogSelect({ catalogs, value, onChange }: CatalogSelectProps): ReactNode {
  return (
    <Select
      size="xs"
      w={190}
      aria-label={PICTURE.facts.catalog}
      allowDeselect={false}
      searchable={catalogs.length > 10}
      data={catalogs.map(({ name, images }) => ({
        value: name,
        label: PICTURE.catalogOption(name, formatCount(images)),
      }))}
      value={value}
      onChange={(name) => name !== null && onChange(name)}
    />
  );
}
