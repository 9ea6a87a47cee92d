import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { isWholePath } from '../../lib/path-names.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { PICTURE } from '../../texts/picture.ts';

const texts = PICTURE.filter;

interface OtherFolderProps {
  folder: string | undefined;
  onChange(folder: string | undefined): void;
}

/** Any folder, also one below those that were imported, by its whole path. */
export function OtherFolder({ folder, onChange }: OtherFolderProps): ReactNode {
  const { text, setText, commit } = useTyped(folder ?? '', (typed) => {
    if (typed === '' || isWholePath(typed)) onChange(typed || undefined);
  });
  const isWrong = text.trim() !== '' && !isWholePath(text.trim());
  return (
    <TextInput
      size="xs"
      mt={4}
      aria-label={texts.folderPath}
      placeholder={texts.folderPath}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={({ key }) => key === 'Enter' && commit()}
      error={isWrong && texts.notAbsolute}
    />
  );
}
