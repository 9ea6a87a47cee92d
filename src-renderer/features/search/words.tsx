import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTyped } from '../../lib/use-typed.ts';
import { SEARCH } from '../../texts/search.ts';

/** Searches while one types, after a moment's rest; at once with Enter. */
export function Words({ text, onChange }: { text: string; onChange(text: string): void }): ReactNode {
  const typed = useTyped(text, onChange);
  return (
    <TextInput
      type="search"
      aria-label={SEARCH.words}
      placeholder={SEARCH.wordsPlaceholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed.text !== '' && (
          <CloseButton
            size="sm"
            aria-label={SEARCH.clearWords}
            onClick={() => {
              typed.setText('');
              onChange('');
            }}
          />
        )
      }
      value={typed.text}
      onChange={(event) => typed.setText(event.currentTarget.value)}
      onKeyDown={({ key }) => key === 'Enter' && typed.commit()}
    />
  );
}
